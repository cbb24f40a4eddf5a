// Which weights a save puts outside the model, in which file, at which offset.
import type { Constant, OpaqueTensor, SparseTensor, Weight } from '@modeldiet/tensor';
import { fail } from './errors';
import { checkLocation } from './external';
import type { Model, TensorStorage } from './ir/model';
import { allGraphs } from './ir/walk';
import { originOf, type Payload, spansLength } from './payload';
import { rawLengthOf } from './tensor-data';

export interface ExternalOptions {
  /** The data file, relative to the model. Default `model.onnx_data`; writeModel: the model's file name and `_data`. */
  readonly location?: string;
  /** Weights of fewer bytes stay in the model. Default 1024. */
  readonly threshold?: number;
  /** Begin another file (`location_1`, `location_2`, ...) before one passes this many bytes. Default: one file. */
  readonly shardBytes?: number;
}

export interface SaveOptions {
  /** Absent: as the file had it, and outside when the model would pass `maxBytes`. false: all inside. true or options: all weights outside. */
  readonly externalData?: boolean | ExternalOptions;
  /** The most that one protobuf file may have. Default 1,900,000,000 (readers stop at 2^31 - 1). */
  readonly maxBytes?: number;
}

export interface DataPart {
  readonly offset: number;
  readonly payload: Payload;
}
export interface DataFile {
  readonly location: string;
  readonly size: number;
  readonly parts: readonly DataPart[];
}
export interface Plan {
  readonly entries: ReadonlyMap<Constant, ReadonlyMap<string, string>>;
  readonly files: readonly DataFile[];
}

export const defaultMaxBytes = 1_900_000_000;
const align = 4096;
const defaultLocation = 'model.onnx_data';

type Dense = Weight | OpaqueTensor;

/** Every tensor of a model with how its file held it; sparse tensors are never outside. */
function* stored(model: Model): Generator<{ constant: Dense; storage?: TensorStorage }> {
  const dense = (constant: Constant): constant is Exclude<Constant, SparseTensor> => constant.type !== 'sparse';
  for (const graph of allGraphs(model)) {
    for (const { initializer, storage } of graph.initializers)
      if (initializer && dense(initializer)) yield { constant: initializer, ...(storage && { storage }) };
    for (const node of graph.nodes)
      for (const attribute of node.attributes.values()) {
        const constants = attribute.kind === 'tensor' ? [attribute.value] : attribute.kind === 'tensors' ? attribute.value : [];
        for (const [i, constant] of constants.entries()) {
          const storage = attribute.storage?.[i];
          if (dense(constant)) yield { constant, ...(storage && { storage }) };
        }
      }
  }
}

function payloadOf(constant: Dense): Payload | undefined {
  const origin = originOf(constant);
  if (origin && (origin.field === 'external' || origin.field === 'rawData') && origin.spans.length)
    return { byteLength: spansLength(origin.spans), from: origin.spans };
  if (constant.type === 'opaque' || constant.type === 'string') return undefined;
  return { byteLength: rawLengthOf(constant), from: constant };
}

/** As the file had it: what came from outside and is unchanged goes outside again, to the same place. */
export function keepExternal(model: Model): Plan {
  const entries = new Map<Constant, ReadonlyMap<string, string>>();
  const files = new Map<string, { size: number; parts: DataPart[] }>();
  for (const { constant, storage } of stored(model)) {
    const origin = originOf(constant);
    if (storage?.field !== 'external' || !origin?.external || entries.has(constant)) continue;
    entries.set(constant, origin.external);
    const location = origin.external.get('location')!;
    const offset = Number(origin.external.get('offset') ?? 0);
    const payload = payloadOf(constant)!;
    const file = files.get(location) ?? { size: 0, parts: [] };
    files.set(location, file);
    file.parts.push({ offset, payload });
    file.size = Math.max(file.size, offset + payload.byteLength);
  }
  return { entries, files: [...files].map(([location, { size, parts }]) => ({ location, size, parts: parts.sort((a, b) => a.offset - b.offset) })) };
}

/** Every weight of `threshold` bytes or more outside, 4 KiB aligned. Throws `onnx-io/external-path`, `external-option`. */
export function moveExternal(model: Model, { location = defaultLocation, threshold = 1024, shardBytes = Number.POSITIVE_INFINITY }: ExternalOptions): Plan {
  checkLocation(location, {});
  if (!(threshold >= 0)) throw fail('external-option', { where: { option: 'externalData.threshold' }, actual: threshold });
  if (!(shardBytes > 0)) throw fail('external-option', { where: { option: 'externalData.shardBytes' }, actual: shardBytes });
  const entries = new Map<Constant, ReadonlyMap<string, string>>();
  const files: { location: string; size: number; parts: DataPart[] }[] = [];
  for (const { constant } of stored(model)) {
    if (entries.has(constant)) continue;
    const payload = payloadOf(constant);
    if (!payload || payload.byteLength < threshold || payload.byteLength === 0) continue;
    let file = files.at(-1);
    let offset = file ? Math.ceil(file.size / align) * align : 0;
    if (!file || (file.size > 0 && offset + payload.byteLength > shardBytes)) {
      file = { location: files.length ? `${location}_${files.length}` : location, size: 0, parts: [] };
      files.push(file);
      offset = 0;
    }
    file.parts.push({ offset, payload });
    file.size = offset + payload.byteLength;
    entries.set(
      constant,
      new Map([
        ['location', file.location],
        ['offset', String(offset)],
        ['length', String(payload.byteLength)],
      ]),
    );
  }
  return { entries, files };
}

const inside: Plan = { entries: new Map(), files: [] };

/** The plan that the options ask for. */
export function planExternal(model: Model, { externalData }: SaveOptions, location?: string): Plan {
  if (externalData === undefined) return keepExternal(model);
  if (externalData === false) return inside;
  return moveExternal(model, { ...(location !== undefined && { location }), ...(externalData === true ? {} : externalData) });
}

/** The plan with its data files at other locations. */
export async function relocate(plan: Plan, place: (file: DataFile) => Promise<string>): Promise<Plan> {
  const to = new Map<string, string>();
  for (const file of plan.files) to.set(file.location, await place(file));
  if ([...to].every(([from, at]) => from === at)) return plan;
  const entries = new Map<Constant, ReadonlyMap<string, string>>();
  for (const [constant, entry] of plan.entries)
    entries.set(constant, new Map([...entry].map(([key, value]) => [key, key === 'location' ? to.get(value)! : value])));
  return { entries, files: plan.files.map((file) => ({ ...file, location: to.get(file.location)! })) };
}
