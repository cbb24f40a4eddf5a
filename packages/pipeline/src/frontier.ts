// The Pareto frontier of points with one cost (smaller is better) and one gain (larger is better).

export interface Tradeoff<T> {
  readonly cost: (item: T) => number;
  readonly gain: (item: T) => number;
}

/**
 * The items that no other item dominates: no worse in both, better in one. Ordered by cost; of equal points all are kept, and a point with NaN is never on it.
 *
 * @example frontier(variants, { cost: (v) => v.bytes, gain: (v) => v.accuracy.value })
 */
export function frontier<T>(items: Iterable<T>, { cost, gain }: Tradeoff<T>): T[] {
  const points = [...items].map((item) => ({ item, cost: cost(item), gain: gain(item) })).filter((point) => !Number.isNaN(point.cost + point.gain));
  points.sort((a, b) => a.cost - b.cost || b.gain - a.gain);
  const kept: typeof points = [];
  for (const point of points) {
    const best = kept.at(-1);
    if (!best || point.gain > best.gain || (point.gain === best.gain && point.cost === best.cost)) kept.push(point);
  }
  return kept.map((point) => point.item);
}
