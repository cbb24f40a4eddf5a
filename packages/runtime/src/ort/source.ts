// A ModelSource as ONNX Runtime takes it: a path where the file is unchanged and the runtime reads files, bytes otherwise, a temporary file above 2 GiB.
import { allGraphs, cloneModel, edit, loadModel, type Model, saveModel } from '@modeldiet/onnx-io';
import type { Constant, LongWork } from '@modeldiet/tensor';
import type { ModelSource, SessionOptions } from '../backend';
import { boundDim, checkDims, type DimsByName, fedInputs, shapeOf } from '../bind-dims';
import { fail } from '../errors';
import { checkUnchanged } from '../unchanged';
import { flavorOf, type OrtModule } from './module';
import { cannotCross } from './tensor';

/** Writes a model where the runtime can open it; `remove` deletes it. `./node` has one. */
export type Spill = (model: Model, work?: LongWork) => Promise<{ readonly path: string; remove(): Promise<void> }>;

export interface OrtSource {
  readonly model: string | Uint8Array;
  /** More options for `InferenceSession.create`. */
  readonly options?: object;
  readonly discard?: () => Promise<void>;
}

/** Protobuf's limit is 2 GiB; the structure needs room besides the weights. */
const inlineLimit = 2 ** 31 - 2 ** 26;

const weightBytes = (model: Model): number => {
  let bytes = 0;
  for (const graph of allGraphs(model)) for (const { initializer } of graph.initializers) if (initializer) bytes += sizeOf(initializer);
  return bytes;
};
const sizeOf = (constant: Constant): number => {
  if ('byteLength' in constant) return constant.byteLength;
  if (constant.type === 'sparse') return sizeOf(constant.values) + sizeOf(constant.indices);
  return constant.type === 'string' ? 0 : constant.data.byteLength;
};

/** Throws `runtime/unsupported-dtype` for an input or output that would fail, or end the process, inside ORT. */
export function checkCrossing(ort: OrtModule, model: Model): void {
  for (const [direction, values] of [
    ['input', model.graph.inputs],
    ['output', model.graph.outputs],
  ] as const)
    for (const { name, type, initializer } of values) {
      if (type?.kind !== 'tensor' || !type.dtype || (direction === 'input' && initializer)) continue;
      const reason = cannotCross(ort, type.dtype, direction);
      // A 4-bit output is only left out of the fetches: the session is of use without it.
      if (reason && !(direction === 'output' && type.dtype.endsWith('int4')))
        throw fail('unsupported-dtype', { where: { value: name }, actual: type.dtype }, reason);
    }
}

/** The model with its inputs' dims bound, which every flavor understands: onnxruntime-node 1.30 ignores `freeDimensionOverrides`. */
function bound(model: Model, dims: DimsByName): Model {
  const copy = cloneModel(model);
  for (const value of copy.graph.inputs) {
    const { type } = value;
    if (type?.kind !== 'tensor' || !type.shape) continue;
    edit.setType(value, { ...type, shape: type.shape.map((dim, axis) => boundDim(value.name, axis, dim, dims)) });
  }
  return copy;
}

async function fromModel(ort: OrtModule, model: Model, options: SessionOptions, spill: Spill | undefined): Promise<OrtSource> {
  checkCrossing(ort, model);
  checkDims(
    fedInputs(model).map((value) => ({ name: value.name, dims: shapeOf(value) })),
    options.dims,
  );
  const { signal, onProgress, onWarning } = options;
  const work = { signal, onProgress, onWarning };
  const takesPaths = flavorOf(ort) === 'node';
  const binds = Object.keys(options.dims ?? {}).length > 0;
  if (takesPaths && model.origin && !binds) {
    await checkUnchanged(model, work);
    return { model: model.origin.path };
  }
  const held = binds ? bound(model, options.dims!) : model;
  if (takesPaths && spill && weightBytes(held) > inlineLimit) {
    const { path, remove } = await spill(held, work);
    return { model: path, discard: remove };
  }
  return withData(await saveModel(held, work));
}

/** Bytes with their data files, if any, under the names the model gives them. */
const withData = (source: { readonly bytes: Uint8Array; readonly externalData: Readonly<Record<string, Uint8Array>> }): OrtSource => {
  const externalData = Object.entries(source.externalData).map(([path, data]) => ({ path, data }));
  return { model: source.bytes, ...(externalData.length > 0 && { options: { externalData } }) };
};

export async function sourceFor(ort: OrtModule, source: ModelSource, options: SessionOptions, spill?: Spill): Promise<OrtSource> {
  if (source instanceof Uint8Array) return { model: source };
  if ('path' in source) return { model: source.path };
  if ('graph' in source) return fromModel(ort, source, options, spill);
  return withData(source);
}

/** The model behind bytes, for its declared types alone; undefined where it cannot be read here (a path, or bytes only the runtime understands). */
export async function structureOf(source: ModelSource): Promise<Model | undefined> {
  if ('graph' in source) return source;
  if ('path' in source) return undefined;
  const { bytes, externalData } = source instanceof Uint8Array ? { bytes: source, externalData: {} } : source;
  return loadModel(bytes, { externalData, lenient: true }).catch(() => undefined);
}
