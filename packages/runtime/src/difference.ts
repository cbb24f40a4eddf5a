// How far two tensors of the same output lie apart, added up over batches in double precision.
import type { Tensor } from '@modeldiet/tensor';
import { argmaxRow, isFloat, numbersOf } from './numbers';

export interface OutputDifference {
  readonly name: string;
  /** 10 log10(sum a^2 / sum (a - b)^2), the first model as the signal. Infinity when equal; null where the output is no number. JSON writes both as null. */
  readonly sqnrDb: number | null;
  readonly cosine: number | null;
  readonly maxAbsDiff: number | null;
  /** The share of rows whose largest entry is at the same place (class vectors: float, rank 2 or more, at least 2 wide), or whose class or text is equal; null elsewhere. */
  readonly top1Agreement: number | null;
  /** Rows behind `top1Agreement`. */
  readonly rows: number;
  /** Entries compared, and those where one model gave a finite number and the other did not. */
  readonly entries: number;
  readonly nonFinite: number;
}

export interface DifferenceTally {
  /** False when dims or types differ, so that entries have no partner. */
  add(a: Tensor, b: Tensor): boolean;
  result(): OutputDifference;
}

const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((extent, axis) => extent === b[axis]);

export function differenceTally(name: string): DifferenceTally {
  let [signal, noise, dot, other, most, entries, nonFinite] = [0, 0, 0, 0, 0, 0, 0];
  let [rows, agreed] = [0, 0];
  let numeric = false;

  const addNumbers = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
    numeric = true;
    entries += a.length;
    for (let i = 0; i < a.length; i++) {
      const x = a[i]!;
      const y = b[i]!;
      if (x === y || (Number.isNaN(x) && Number.isNaN(y))) {
        if (!Number.isFinite(x)) continue;
      } else if (!Number.isFinite(x) || !Number.isFinite(y)) {
        nonFinite++;
        continue;
      }
      const d = x - y;
      signal += x * x;
      other += y * y;
      dot += x * y;
      noise += d * d;
      if (Math.abs(d) > most) most = Math.abs(d);
    }
  };

  const addRows = (a: ArrayLike<number>, b: ArrayLike<number>, width: number): void => {
    const count = a.length / width;
    for (let row = 0; row < count; row++) if (argmaxRow(a, row, width) === argmaxRow(b, row, width)) agreed++;
    rows += count;
  };

  return {
    add(a, b) {
      if (!same(a.dims, b.dims)) return false;
      const x = numbersOf(a);
      const y = numbersOf(b);
      if (!x || !y) {
        if (a.type !== 'string' || b.type !== 'string') return false;
        for (let i = 0; i < a.data.length; i++) if (a.data[i] === b.data[i]) agreed++;
        rows += a.data.length;
        entries += a.data.length;
        return true;
      }
      addNumbers(x, y);
      const width = a.dims.at(-1) ?? 1;
      if (isFloat(a.type) && isFloat(b.type)) {
        if (a.dims.length >= 2 && width >= 2) addRows(x, y, width);
      } else {
        for (let i = 0; i < x.length; i++) if (x[i] === y[i]) agreed++;
        rows += x.length;
      }
      return true;
    },
    result: () => ({
      name,
      sqnrDb: !numeric ? null : nonFinite > 0 ? Number.NEGATIVE_INFINITY : noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise),
      cosine: !numeric ? null : signal === 0 || other === 0 ? Number(signal === other) : Math.min(1, dot / Math.sqrt(signal * other)),
      maxAbsDiff: !numeric ? null : nonFinite > 0 ? Number.POSITIVE_INFINITY : most,
      top1Agreement: rows === 0 ? null : agreed / rows,
      rows,
      entries,
      nonFinite,
    }),
  };
}
