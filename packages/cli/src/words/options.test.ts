import { describe, expect, it } from 'vitest';
import { collect, integer, integers, number, oneOf } from './options';
import { pattern } from './patterns';

const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('options', () => {
  it('reads numbers and refuses what is none or out of range', () => {
    expect(number('--lr', { min: 0 })('1e-3')).toBe(0.001);
    expect(integer('--seed', { min: 0 })('7')).toBe(7);
    expect(integers('--batch', { min: 1 })('1,2,64')).toEqual([1, 2, 64]);
    for (const text of ['', ' ', 'x', '1e999', '-1']) expect(codeOf(() => number('--lr', { min: 0 })(text))).toBe('cli/option-value');
    for (const text of ['1.5', '1e3', '0x10', '-1', '9007199254740993']) expect(codeOf(() => integer('--n', { min: 0 })(text))).toBe('cli/option-value');
    expect(codeOf(() => integers('--batch', { min: 1 })('1,,2'))).toBe('cli/option-value');
    expect(() => integer('--bits', { min: 2, max: 64 })('65')).toThrow("option '--bits'");
    expect(() => integer('--bits', { min: 2, max: 64 })('65')).toThrow('an integer from 2 to 64');
  });

  it('names the value that was meant', () => {
    expect(oneOf('--mode', ['dynamic', 'float16'])('dynamic')).toBe('dynamic');
    expect(() => oneOf('--mode', ['dynamic', 'float16'])('dynamc')).toThrow("no mode 'dynamc' (did you mean dynamic?)");
  });

  it('collects repeated options', () => {
    const read = collect((text) => text.length);
    expect(read('ab', read('a', undefined))).toEqual([1, 2]);
  });

  it('takes addresses as they are and regular expressions as such', () => {
    const read = pattern('--include');
    expect(read('Conv')).toBe('Conv');
    expect(read('/encoder/layer.1/MatMul')).toBe('/encoder/layer.1/MatMul');
    expect(read('If->y/then_branch/conv1')).toBe('If->y/then_branch/conv1');
    expect(read('/head/i')).toEqual(/head/i);
    expect(read('layer.[01].*')).toEqual(/layer.[01].*/);
    expect(codeOf(() => read('(['))).toBe('cli/option-value');
  });
});
