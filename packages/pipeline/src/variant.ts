// A variant: a model with a name and how it came about.
import { type Model, saveModel } from '@modeldiet/onnx-io';
import type { LongWork } from '@modeldiet/tensor';
import { fail } from './errors';

export interface Variant {
  /** Unique among those compared. */
  readonly name: string;
  /** What was done to the baseline, first to last; default none. */
  readonly steps?: readonly string[];
  /** Where its file is, relative to where the results will be; only written down. */
  readonly path?: string;
  readonly model: Model;
}

/** A variant as it is measured: the bytes of its file, and of its data files. */
export interface SavedVariant extends Variant {
  readonly bytes: Uint8Array;
  readonly externalData: Readonly<Record<string, Uint8Array>>;
}

/** Throws `pipeline/no-variants`, `same-name`. */
export function checkVariants(variants: readonly Variant[]): void {
  if (variants.length === 0) throw fail('no-variants');
  const names = new Set<string>();
  for (const { name } of variants) {
    if (names.has(name)) throw fail('same-name', { where: { option: 'variants' }, actual: name });
    names.add(name);
  }
}

const isSaved = (variant: Variant): variant is SavedVariant => 'bytes' in variant;

/** One that was saved before is not saved again. */
export async function saveVariant(variant: Variant, work: LongWork): Promise<SavedVariant> {
  if (isSaved(variant)) return variant;
  const { bytes, externalData } = await saveModel(variant.model, work);
  return { ...variant, bytes, externalData };
}
