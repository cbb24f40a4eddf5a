import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearest } from './suggest';

describe('did you mean', () => {
  it('counts slips of the pen, a swap of neighbours as one', () => {
    expect(editDistance('quantise', 'quantize')).toBe(1);
    expect(editDistance('isnpect', 'inspect')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('bench', 'bench')).toBe(0);
  });

  it('finds the nearest word, and none when all are far', () => {
    const words = ['inspect', 'compare', 'bench'];
    expect(nearest('comp', words)).toBe('compare');
    expect(nearest('BENCH', words)).toBe('bench');
    expect(nearest('frobnicate', words)).toBeUndefined();
    expect(didYouMean('inspct', words)).toBe(' (did you mean inspect?)');
    expect(didYouMean('zzz', words)).toBe('');
    expect(didYouMean('3', ['8', '4', '2'])).toBe('');
  });
});
