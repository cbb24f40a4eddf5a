import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frontier } from './frontier';

const rule = { cost: (p: readonly [number, number]) => p[0], gain: (p: readonly [number, number]) => p[1] };

describe('frontier', () => {
  it('keeps what nothing dominates, by cost', () => {
    const points = [
      [4, 0.97],
      [1, 0.95],
      [2, 0.97],
      [3, 0.96],
      [5, 0.98],
    ] as const;
    expect(frontier(points, rule)).toEqual([
      [1, 0.95],
      [2, 0.97],
      [5, 0.98],
    ]);
  });

  it('keeps equal points and drops NaN', () => {
    expect(
      frontier(
        [
          [1, 0.5],
          [1, 0.5],
          [2, Number.NaN],
        ] as const,
        rule,
      ),
    ).toHaveLength(2);
  });

  it('is exactly the set of undominated points', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const undominated = points.filter(([c, g]) => !points.some(([c2, g2]) => c2 <= c && g2 >= g && (c2 < c || g2 > g)));
        const byCost = (a: readonly number[], b: readonly number[]) => a[0]! - b[0]! || a[1]! - b[1]!;
        expect(frontier(points, rule).sort(byCost)).toEqual(undominated.sort(byCost));
      }),
    );
  });
});
