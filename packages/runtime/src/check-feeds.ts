// Feeds against the inputs of a session, before the runtime sees them: names, types, ranks, static dims, and symbolic dims that two inputs share.
import { type DeviceTensor, type DType, elementCount, storageCount, type Tensor, tensorFromBytes } from '@modeldiet/tensor';
import type { Slot } from './backend';
import { fail } from './errors';

type Given = Readonly<Record<string, Tensor | DeviceTensor>>;

/** '[object Float32Array]' whatever page or worker the array was made in. */
const kindOf = (x: unknown): string => Object.prototype.toString.call(x).slice(8, -1);

const kinds = new Map<DType, string>();
/** The kind of array that holds a type, found once. */
const kindFor = (type: DType): string => {
  let kind = kinds.get(type);
  if (kind === undefined) kinds.set(type, (kind = kindOf(tensorFromBytes(type, [0], new Uint8Array(0)).data)));
  return kind;
};

/** Throws `runtime/not-a-tensor` for what is neither a tensor nor a device's, `runtime/feed-dtype` for data held in another kind of array than the type's. */
function checkForm(given: Tensor | DeviceTensor, value: string): void {
  const where = { value };
  if (typeof given !== 'object' || !Array.isArray(given.dims) || !('data' in given || typeof given.load === 'function'))
    throw fail('not-a-tensor', {
      where,
      expected: '{ type, dims, data }',
      actual: typeof given === 'object' ? `an object of ${Object.keys(given)}` : typeof given,
    });
  if (!('data' in given)) return;
  const { type, data } = given;
  const holds = type === 'string' ? Array.isArray(data) && data.every((text) => typeof text === 'string') : kindOf(data) === kindFor(type);
  if (!holds)
    throw fail(
      'feed-dtype',
      { where, expected: type === 'string' ? 'an array of strings' : kindFor(type), actual: kindOf(data) },
      'the data is held in another kind of array than the type says',
    );
}

/** Throws `runtime/missing-feed`, `not-a-tensor`, `unknown-feed`, `feed-dtype`, `feed-rank`, `feed-dims`; each names the input. */
export function checkFeeds(inputs: readonly Slot[], feeds: Given): void {
  if (typeof feeds !== 'object' || feeds === null)
    throw fail('not-a-tensor', { expected: 'tensors by input name', actual: String(feeds) }, 'a session runs on feeds');
  let bound: Map<string, { extent: number; input: string }> | undefined;
  for (const slot of inputs) {
    const given = Object.hasOwn(feeds, slot.name) ? feeds[slot.name] : undefined;
    if (!given) throw fail('missing-feed', { where: { value: slot.name }, expected: describeSlot(slot), actual: Object.keys(feeds) });
    const { type, dims } = given;
    const where = { value: slot.name };
    if (slot.dtype !== undefined && type !== slot.dtype) throw fail('feed-dtype', { where, expected: slot.dtype, actual: type });
    checkForm(given, slot.name);
    if (!slot.dims) continue;
    if (dims.length !== slot.dims.length) throw fail('feed-rank', { where, expected: describeSlot(slot), actual: dims });
    for (let axis = 0; axis < dims.length; axis++) {
      const wanted = slot.dims[axis]!;
      const extent = dims[axis]!;
      if (typeof wanted === 'number') {
        if (wanted !== extent) throw fail('feed-dims', { where, expected: describeSlot(slot), actual: dims });
      } else if ((inputs.length > 1 || dims.length > 1) && !wanted.startsWith('?')) {
        bound ??= new Map();
        const before = bound.get(wanted);
        if (!before) bound.set(wanted, { extent, input: slot.name });
        else if (before.extent !== extent)
          throw fail(
            'feed-dims',
            { where, expected: `${wanted} = ${before.extent}, as in '${before.input}'`, actual: dims },
            `symbolic dim '${wanted}' is bound twice`,
          );
      }
    }
  }
  for (const name of Object.keys(feeds))
    if (!inputs.some((slot) => slot.name === name)) throw fail('unknown-feed', { where: { value: name }, expected: inputs.map((slot) => slot.name) });
}

/** 'float32 [batch,64]'. */
export const describeSlot = (slot: Slot): string => `${slot.dtype ?? slot.type?.kind ?? 'unknown type'}${slot.dims ? ` [${slot.dims.join(',')}]` : ''}`;

/** Throws `runtime/feed-length` where the data does not fill the dims. */
export function checkLength({ type, dims, data }: Tensor, value: string): void {
  const wanted = storageCount(type, elementCount(dims));
  if (data.length !== wanted) throw fail('feed-length', { where: { value }, expected: `${wanted} entries for dims [${dims}]`, actual: data.length });
}
