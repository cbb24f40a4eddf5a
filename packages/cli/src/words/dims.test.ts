import { graphBuilder } from '@modeldiet/onnx-io';
import { describe, expect, it } from 'vitest';
import { bindDims, dimWords } from './dims';

const model = (() => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['batch', 3, '?1', '?2']);
  const mask = g.input('mask', 'int64', ['batch', 'seq']);
  g.output(g.op('Relu', [x]), 'y');
  g.output(g.op('Identity', [mask]), 'm');
  return g.model();
})();

const bound = (text: string) => bindDims(dimWords(text), model);
const code = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return undefined;
};

describe('--dims', () => {
  it('reads names, whole inputs and axes, once or again', () => {
    expect([...dimWords('seq=128', dimWords('batch=1, x=1x3x8x8'))]).toEqual([
      ['batch', 1],
      ['x', [1, 3, 8, 8]],
      ['seq', 128],
    ]);
    for (const text of ['', 'batch', 'batch=', '=1', 'batch=a', 'batch=1.5', 'batch=-1', 'x=1x', 'batch=1,,seq=2'])
      expect(code(() => dimWords(text))).toBe('cli/option-value');
  });

  it('binds by symbol for inference, by name or place for running', () => {
    expect(bound('batch=2,seq=5')).toEqual({ bySymbol: { batch: 2, seq: 5 }, byPlace: { batch: 2, seq: 5 } });
    expect(bound('x=1x3x32x64')).toEqual({ bySymbol: { batch: 1, '?1': 32, '?2': 64 }, byPlace: { batch: 1, 'x:2': 32, 'x:3': 64 } });
    expect(bound('x:3=9')).toEqual({ bySymbol: { '?2': 9 }, byPlace: { 'x:3': 9 } });
    expect(bindDims(undefined, model)).toEqual({ bySymbol: {}, byPlace: {} });
  });

  it('refuses what the model has not, and what contradicts it', () => {
    expect(code(() => bound('sek=3'))).toBe('cli/unknown-input');
    expect(() => bound('sek=3')).toThrow('did you mean seq?');
    expect(code(() => bound('x:1=3'))).toBe('cli/unknown-input');
    expect(() => bound('x=1x4x8x8')).toThrow('expected [batch,3,?,?], got [1,4,8,8]');
    expect(code(() => bound('x=1x3x8'))).toBe('cli/option-value');
  });

  it('binds one dim to one extent', () => {
    for (const text of ['batch=2,batch=3', 'batch=2,mask=3x5', 'x:0=2,mask:0=3', 'x=1x3x8x8,x:3=9']) {
      expect(code(() => bound(text))).toBe('cli/option-value');
      expect(() => bound(text)).toThrow('is bound twice');
    }
    expect(bound('batch=2,batch=2,mask=2x5').bySymbol).toEqual({ batch: 2, seq: 5 });
  });
});
