import fc from 'fast-check';
import { expect, test } from 'vitest';
import { permute } from './permute';

/** The definition, index by index. */
function slowly(values: Float32Array, dims: readonly number[], perm: readonly number[]): number[] {
  const at = (index: readonly number[]): number => values[index.reduce((flat, i, axis) => flat * dims[axis]! + i, 0)]!;
  const out: number[] = [];
  const walk = (index: number[]): void => {
    if (index.length === perm.length) {
      const held = new Array<number>(perm.length);
      perm.forEach((axis, i) => {
        held[axis] = index[i]!;
      });
      out.push(at(held));
      return;
    }
    for (let i = 0; i < dims[perm[index.length]!]!; i++) walk([...index, i]);
  };
  walk([]);
  return out;
}

test('equals the definition for any dims and order', () => {
  const cases = fc
    .array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
    .chain((dims) => fc.tuple(fc.constant(dims), fc.shuffledSubarray([...dims.keys()], { minLength: dims.length })));
  fc.assert(
    fc.property(cases, ([dims, perm]) => {
      const values = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i);
      expect([...permute(values, dims, perm)]).toEqual(slowly(values, dims, perm));
    }),
  );
});
