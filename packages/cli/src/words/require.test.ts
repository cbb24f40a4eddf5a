import { describe, expect, it } from 'vitest';
import { type Found, readRequirements, unmet } from './require';

const found: Found = {
  bytesRatio: 0.27,
  latency: { ratio: 0.8 },
  outputs: [
    { name: 'y', sqnrDb: 40, cosine: 0.9999, maxAbsDiff: 0.01, top1Agreement: 1 },
    { name: 'z', sqnrDb: 20, cosine: 0.98, maxAbsDiff: 0.5, top1Agreement: null },
  ],
  accuracy: { a: { value: 0.97 }, b: { value: 0.965 } },
};
const missed = (text: string, given: Found = found) => unmet(readRequirements(text), given);

describe('--require', () => {
  it('holds, or names figure, value and output', () => {
    expect(missed('bytes<=0.3, latency < 1,top1>=99%,accuracy>.9,drop<=1%')).toEqual([]);
    expect(missed('bytes<=27%')).toEqual([]);
    expect(missed('bytes<0.27')).toEqual(['bytes<0.27: 0.27']);
    expect(missed('cosine>=0.99,sqnr>=10')).toEqual(["cosine>=0.99: 0.98 at output 'z'"]);
    expect(missed('maxAbsDiff<=1e-1')).toEqual(["maxAbsDiff<=1e-1: 0.5 at output 'z'"]);
  });

  it('does not hold for what was not measured', () => {
    const nothing: Found = { bytesRatio: 1, latency: null, outputs: [] };
    expect(missed('latency<=1,cosine>=0.9,accuracy>=0.5,drop<=0.1', nothing)).toEqual([
      'latency<=1: not measured',
      'cosine>=0.9: not measured',
      'accuracy>=0.5: not measured',
      'drop<=0.1: not measured',
    ]);
  });

  it('holds for equal outputs', () =>
    expect(missed('sqnr>=100', { ...found, outputs: [{ ...found.outputs[0]!, sqnrDb: Number.POSITIVE_INFINITY }] })).toEqual([]));

  it.each(['', 'bytes', 'bytes=0.3', 'bytes<=', 'bytes<=x', 'bytes<=0.3,', '<=0.3', 'bytes<=0.3;cosine>=1'])("refuses '%s'", (text) => {
    expect(() => readRequirements(text)).toThrow(expect.objectContaining({ code: 'cli/require-syntax' }));
  });

  it('names the figure that was meant', () => expect(() => readRequirements('cosin>=1')).toThrow("no figure 'cosin' (did you mean cosine?)"));
});
