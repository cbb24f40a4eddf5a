// Seeded splits, stratified where there are labels.
import { type Dataset, random, toFloat64 } from '@modeldiet/tensor';
import { requireIndexed } from './dataset';
import { fail } from './errors';
import { permutation, pick } from './transforms';

export interface SplitOptions {
  readonly seed: number | string;
  /** Every part gets its share of each label: by this column; `true` is column `label`. Default: by `label` where the first item has it as integers. */
  readonly stratify?: string | boolean;
}

/**
 * Disjoint parts that together hold every item, in seeded order. `ratios` are shares (they sum to 1) or counts (they sum to the number of items).
 * Errors: `data/not-indexed`, `data/argument` for ratios that do neither, `data/label` when the column to stratify by is missing.
 *
 * @example const [train, test] = await split(ds, [0.8, 0.2], { seed: 1 })
 */
export async function split(ds: Dataset, ratios: readonly number[], { seed, stratify }: SplitOptions): Promise<readonly Dataset[]> {
  const source = requireIndexed(ds, 'split');
  const sizes = partSizes(source.length, ratios);
  const column = stratify === true ? 'label' : stratify === undefined ? await integerLabel(source) : stratify || undefined;
  let labels: number[] | undefined;
  if (column !== undefined) {
    labels = [];
    for (let i = 0; i < source.length; i++) {
      const value = (await source.at(i))[column];
      if (!value) throw fail('label', { where: { value: column }, actual: `item ${i} has none` });
      labels.push(toFloat64(value)[0]!);
    }
  }
  return splitIndices(source.length, sizes, { seed, ...(labels && { labels }) }).map((indices) => pick(source, indices));
}

async function integerLabel(ds: { readonly length: number; at(i: number): unknown }): Promise<string | undefined> {
  if (ds.length === 0) return undefined;
  const first = (await ds.at(0)) as Readonly<Record<string, { readonly type: string }>>;
  return /^u?int/.test(first.label?.type ?? '') ? 'label' : undefined;
}

/** Whole parts of `n` from shares or counts, the largest remainders rounded up. Error: `data/argument`. */
export function partSizes(n: number, ratios: readonly number[]): readonly number[] {
  const sum = ratios.reduce((a, b) => a + b, 0);
  const valid = ratios.length > 0 && ratios.every((r) => r >= 0);
  if (valid && sum === n && ratios.every(Number.isInteger)) return ratios;
  if (!valid || Math.abs(sum - 1) > 1e-9)
    throw fail('argument', { where: { option: 'ratios' }, expected: `shares that sum to 1, or counts that sum to ${n}`, actual: ratios });
  const sizes = ratios.map((r) => Math.floor(r * n + 1e-9));
  const byRemainder = ratios.map((r, k) => [r * n - sizes[k]!, k] as const).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (let k = 0, left = n - sizes.reduce((a, b) => a + b, 0); k < left; k++) sizes[byRemainder[k]![1]]!++;
  return sizes;
}

/**
 * Disjoint indices of exactly these sizes, each in seeded order. With labels every part holds its share of each label, to within one or two: items stand label by label, and each goes to
 * the part that is furthest behind its share.
 */
export function splitIndices(
  n: number,
  sizes: readonly number[],
  { seed, labels }: { readonly seed: number | string; readonly labels?: ArrayLike<number> },
): readonly Uint32Array[] {
  const order = permutation(n, seed, 'split');
  if (labels) order.sort((a, b) => labels[a]! - labels[b]!);
  const parts = sizes.map(() => [] as number[]);
  if (!labels) {
    let at = 0;
    for (const [k, size] of sizes.entries()) parts[k] = [...order.subarray(at, (at += size))];
  } else
    for (const [seen, index] of order.entries()) {
      let best = -1;
      let most = Number.NEGATIVE_INFINITY;
      for (const [k, size] of sizes.entries()) {
        const behind = (size * (seen + 1)) / n - parts[k]!.length;
        if (parts[k]!.length < size && behind > most) [best, most] = [k, behind];
      }
      parts[best]!.push(index);
    }
  // Label by label is no order to train in.
  return parts.map((part, k) => {
    const rng = random(seed).fork(`part ${k}`);
    for (let i = part.length - 1; i > 0; i--) {
      const j = rng.int(i + 1);
      [part[i], part[j]] = [part[j]!, part[i]!];
    }
    return Uint32Array.from(part);
  });
}
