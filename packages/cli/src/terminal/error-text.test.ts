import { failer } from '@modeldiet/numfmt';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { fail } from '../errors';
import { Interrupted } from '../interrupt';
import { errorJson, errorText, statusOf } from './error-text';

const paint = picocolors.createColors(false);
const other = failer('runtime', { 'feed-rank': { kind: 'argument', says: 'the feed has another rank' } });

describe('errors', () => {
  it('give the status of API: words 2, job 1, signal 130', () => {
    expect(statusOf(fail('usage'))).toBe(2);
    expect(statusOf(fail('output-path'))).toBe(1);
    expect(statusOf(other('feed-rank'))).toBe(1);
    expect(statusOf(new TypeError('x'))).toBe(1);
    expect(statusOf(new Interrupted())).toBe(130);
  });

  it('become the object of --json', () => {
    expect(errorJson(other('feed-rank', { where: { value: 'x' }, expected: [1n, 2], actual: undefined }))).toEqual({
      kind: 'argument',
      code: 'runtime/feed-rank',
      message: 'value \'x\': the feed has another rank: expected ["1",2]',
      where: { value: 'x' },
      expected: ['1', 2],
      actual: undefined,
    });
    expect(errorJson(new TypeError('boom'))).toEqual({ kind: 'internal', code: 'cli/internal', message: 'boom', where: {} });
    expect(errorJson(new Interrupted()).code).toBe('cli/interrupted');
  });

  it('become one line, with causes that add something', () => {
    const error = fail('verify-failed', { where: { file: 'a.onnx' }, cause: new Error('Node x: no kernel') });
    expect(errorText(error, 'quantize', paint, false)).toMatch(/^modeldiet quantize: a\.onnx: .* \[cli\/verify-failed\]\n {2}because Node x: no kernel$/);
    expect(errorText(fail('usage', { cause: new Error('the words of the call are off') }), undefined, paint, false)).toBe(
      'modeldiet: the words of the call are off [cli/usage]',
    );
    expect(errorText(new TypeError('boom'), 'train', paint, false)).toContain('a defect of modeldiet');
  });
});
