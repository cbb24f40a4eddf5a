import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDims,
  bindDim,
  ceilDim,
  ceilDivDims,
  equalDims,
  exactDivDims,
  floorDim,
  floorDivDims,
  maxDims,
  minDims,
  modDims,
  mulDims,
  normalizeDim,
  ratioDims,
  subDims,
  symbolsOf,
  unknown,
} from './dims';

describe('dims', () => {
  it('prints one canonical text', () => {
    expect(normalizeDim('seq*2 + 1')).toBe('2*seq+1');
    expect(normalizeDim('1 + seq + seq')).toBe('2*seq+1');
    expect(normalizeDim('past_sequence_length + sequence_length')).toBe('past_sequence_length+sequence_length');
    expect(normalizeDim('my-dim')).toBe('my-dim');
    expect(normalizeDim('a dim with spaces')).toBe('a dim with spaces');
    expect(mulDims('a dim', 2)).toBe("2*'a dim'");
    expect(mulDims("2*'a dim'", 3)).toBe("6*'a dim'");
    expect(normalizeDim('DynamicDimension.0')).toBe('DynamicDimension.0');
    expect(normalizeDim('s0//2')).toBe('floor(s0/2)');
    expect(normalizeDim('Max(1, s0)')).toBe('max(1,s0)');
    expect(normalizeDim('h**2')).toBe('h*h');
    expect(subDims('a', 'b')).toBe('a-b');
    expect(subDims(1, 'b')).toBe('-b+1');
    expect(subDims('a', 'a')).toBe(0);
  });

  it('divides', () => {
    expect(exactDivDims('12*batch*seq', '4*batch')).toBe('3*seq');
    expect(exactDivDims('64*batch*seq+64*batch', 'seq+1')).toBe('64*batch');
    expect(exactDivDims('seq', 2)).toBe(unknown);
    expect(floorDivDims('2*h+1', 2)).toBe('h');
    expect(floorDivDims('h-1', 2)).toBe('floor((h+1)/2)-1');
    expect(floorDivDims('a', 'b')).toBe('floor((a)/(b))');
    expect(bindDim('floor((a)/(b))', { a: 7, b: 2 })).toBe(3);
    expect(ceilDivDims('h', 4)).toBe('floor((h+3)/4)');
    expect(floorDivDims(addDims(floorDivDims('h', 2), 1), 2)).toBe('floor((h+2)/4)');
    expect(floorDim(ratioDims('h', 2))).toBe('floor(h/2)');
    expect(ceilDim(ratioDims('h', 2))).toBe('floor((h+1)/2)');
    expect(floorDivDims(7, 0)).toBe(unknown);
    expect(floorDivDims('h', 0)).toBe(unknown);
  });

  it('knows that extents are not negative', () => {
    expect(maxDims('h', 0)).toBe('h');
    expect(minDims('h', 0)).toBe(0);
    expect(maxDims('h', 'h+2')).toBe('h+2');
    expect(minDims('h', 'h+2')).toBe('h');
    expect(maxDims('h', 1)).toBe('max(1,h)');
  });

  it('keeps the unknown unknown', () => {
    expect(addDims(unknown, 1)).toBe(unknown);
    expect(mulDims(unknown, 0)).toBe(0);
    expect(equalDims(unknown, unknown)).toBe(false);
    expect(addDims('?7', 1)).toBe('?7+1');
  });

  it('finds symbols', () => {
    expect(symbolsOf('floor((h+1)/2)*w+3').sort()).toEqual(['h', 'w']);
    expect(symbolsOf('odd name')).toEqual(['odd name']);
    expect(symbolsOf(3)).toEqual([]);
  });

  it('agrees with numbers', () => {
    type Node = { readonly text: string; readonly at: (h: number, w: number) => number; readonly dim: string | number };
    const leaf = fc.oneof(
      fc.integer({ min: 0, max: 9 }).map((n): Node => ({ text: String(n), at: () => n, dim: n })),
      fc.constantFrom<Node>({ text: 'h', at: (h) => h, dim: 'h' }, { text: 'w', at: (_, w) => w, dim: 'w' }),
    );
    const grow = (inner: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
      fc.oneof(
        fc.tuple(inner, inner).map(([a, b]): Node => ({ text: `(${a.text}+${b.text})`, at: (h, w) => a.at(h, w) + b.at(h, w), dim: addDims(a.dim, b.dim) })),
        fc.tuple(inner, inner).map(([a, b]): Node => ({ text: `(${a.text}-${b.text})`, at: (h, w) => a.at(h, w) - b.at(h, w), dim: subDims(a.dim, b.dim) })),
        fc.tuple(inner, inner).map(([a, b]): Node => ({ text: `(${a.text}*${b.text})`, at: (h, w) => a.at(h, w) * b.at(h, w), dim: mulDims(a.dim, b.dim) })),
        fc
          .tuple(inner, fc.integer({ min: 1, max: 6 }))
          .map(([a, n]): Node => ({ text: `floor(${a.text}/${n})`, at: (h, w) => Math.floor(a.at(h, w) / n), dim: floorDivDims(a.dim, n) })),
        fc
          .tuple(inner, fc.integer({ min: 1, max: 6 }))
          .map(([a, n]): Node => ({ text: `ceil(${a.text}/${n})`, at: (h, w) => Math.ceil(a.at(h, w) / n), dim: ceilDivDims(a.dim, n) })),
        fc
          .tuple(inner, fc.integer({ min: 1, max: 6 }))
          .map(([a, n]): Node => ({ text: `(${a.text}%${n})`, at: (h, w) => ((a.at(h, w) % n) + n) % n, dim: modDims(a.dim, n) })),
      );
    const tree = grow(fc.oneof(leaf, grow(fc.oneof(leaf, grow(leaf)))));
    fc.assert(
      fc.property(tree, fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }), (node, h, w) => {
        const parsedText = normalizeDim(node.text);
        for (const dim of [node.dim, parsedText]) {
          if (dim === unknown) continue;
          expect(Number(bindDim(dim, { h, w })) + 0).toBe(node.at(h, w) + 0);
          expect(normalizeDim(dim)).toBe(dim);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('texts that ask for more than an extent is worth', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const sum = letters.join('+');
  it.each([
    ['a power with millions of terms', `(${sum})**8`],
    ['a power of a power', '((a+b+c+d+e+f)**8)**8'],
    ['a product of sums', Array.from({ length: 8 }, (_, k) => `(${letters.map((c) => c + k).join('+')})`).join('*')],
    ['a product of fractions', letters.map((c) => `(${c}+1)/3`).join('*')],
    ['brackets without end', `${'('.repeat(400)}a${')'.repeat(400)}`],
    ['signs without end', `${'-'.repeat(900)}a`],
    ['a denominator beyond all integers', `${'floor(('.repeat(80)}a${')/1000000)'.repeat(80)}`.slice(0, 1000)],
    ['a sum without end', Array.from({ length: 20_000 }, (_, k) => `a${k}`).join('+')],
  ])('%s is a symbol, or unknown', (_, text) => {
    const dim = normalizeDim(text);
    expect([text, unknown]).toContain(dim);
    expect(typeof mulDims(dim, 2)).toBe('string');
    expect(typeof bindDim(dim, { q: 1 })).toBe('string');
    expect(symbolsOf(dim).length).toBeLessThan(2);
  });
  it('an extent that is not there is unknown', () => {
    const [nothing] = [] as unknown as [string];
    expect([mulDims(nothing, 2), addDims(nothing, 'a'), normalizeDim(nothing)]).toEqual([unknown, unknown, unknown]);
  });
  it('what is computed stops there too', () => {
    const many = (name: string): string => Array.from({ length: 100 }, (_, k) => name + k).join('+');
    expect([mulDims(many('a'), many('b')), maxDims(mulDims(many('a'), 2), mulDims(many('b'), 2))]).toEqual([unknown, unknown]);
    expect(bindDim(`(${sum})**8`, Object.fromEntries(letters.map((c) => [c, 1])))).toBe(26 ** 8);
  });
});
