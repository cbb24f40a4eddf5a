// A dataset's columns onto a model's inputs: by name, else one-to-one; then reshaped where the element counts say so, and cast where that is exact.
import type { DType, Feeds, Tensor } from '@modeldiet/tensor';
import type { Slot } from './backend';
import { castExact } from './cast-exact';
import { describeSlot } from './check-feeds';
import { fail } from './errors';

export interface BindOptions {
  /** Columns that are never inputs; default `['label']`, unless an input has that name. */
  readonly labels?: readonly string[];
}

const productOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** Which column each input reads, by name, else one-to-one when one input and one column are left. */
function columnsFor(inputs: readonly Slot[], feeds: Feeds, labels: readonly string[]): ReadonlyMap<Slot, string> {
  const byName = new Map<Slot, string>();
  for (const slot of inputs) if (Object.hasOwn(feeds, slot.name)) byName.set(slot, slot.name);
  const missing = inputs.filter((slot) => !byName.has(slot));
  if (missing.length === 0) return byName;
  const taken = new Set(byName.values());
  const left = Object.keys(feeds).filter((name) => !taken.has(name) && !labels.includes(name));
  if (missing.length === 1 && left.length === 1) return byName.set(missing[0]!, left[0]!);
  throw fail('feeds-mismatch', {
    where: { value: missing[0]!.name },
    expected: inputs.map((slot) => `${slot.name}: ${describeSlot(slot)}`),
    actual: Object.entries(feeds).map(([name, { type, dims }]) => `${name}: ${type} [${dims.join(',')}]`),
  });
}

/**
 * The dims a column takes for a slot, or undefined. Equal rank: as it is, where the static extents agree. Else the first axis is kept as the batch
 * when its slot extent is symbolic (or the same), and the rest must be static with the column's element count per row; fully static slots need the whole count.
 */
function dimsFor(slot: Slot, dims: readonly number[]): readonly number[] | undefined {
  const wanted = slot.dims;
  if (!wanted) return dims;
  if (wanted.length === dims.length && wanted.every((dim, axis) => typeof dim === 'string' || dim === dims[axis])) return dims;
  const count = productOf(dims);
  const open = wanted.flatMap((dim, axis) => (typeof dim === 'string' ? [axis] : []));
  const rest = productOf(wanted.filter((dim) => typeof dim === 'number'));
  if (open.length === 0) return rest === count ? (wanted as readonly number[]) : undefined;
  if (open.length > 1 || rest === 0 || count % rest !== 0) return undefined;
  const extent = count / rest;
  // The open axis is the batch: rows must not be torn apart.
  if (open[0] === 0 && dims.length > 0 && extent !== dims[0]) return undefined;
  return wanted.map((dim) => (typeof dim === 'string' ? extent : dim));
}

function bindOne(slot: Slot, column: string, tensor: Tensor): Tensor {
  const where = { value: slot.name };
  const dims = dimsFor(slot, tensor.dims);
  if (!dims) throw fail('feeds-mismatch', { where, expected: describeSlot(slot), actual: `column '${column}' ${tensor.type} [${tensor.dims.join(',')}]` });
  const shaped: Tensor = dims === tensor.dims ? tensor : ({ ...tensor, dims } as Tensor);
  if (slot.dtype === undefined || slot.dtype === tensor.type) return shaped;
  const cast = castExact(shaped, slot.dtype as DType);
  if (!cast)
    throw fail('feeds-mismatch', { where, expected: slot.dtype, actual: tensor.type }, `column '${column}' does not fit the input's type without loss`);
  return cast;
}

/** The feeds of a run from one dataset item; columns no input reads (labels) are left out. Throws `runtime/feeds-mismatch`. */
export function bindFeeds(inputs: readonly Slot[], feeds: Feeds, options: BindOptions = {}): Record<string, Tensor> {
  const bound: Record<string, Tensor> = {};
  for (const [slot, column] of columnsFor(inputs, feeds, options.labels ?? ['label'])) bound[slot.name] = bindOne(slot, column, feeds[column]!);
  return bound;
}
