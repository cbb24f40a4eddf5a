// external_data of TensorProto: where a model's data files are, which ranges of them it uses, and which names it may use (CVE-2022-25882, 2024-27318, 2024-5187, 2026-34446).

import { byteLengthOf } from '@modeldiet/tensor';
import { dtypeOfCode, elementCount } from './dtypes';
import { fail } from './errors';
import type { Range } from './payload';
import { toSource } from './source/blob';
import type { ByteSource, SourceLike } from './source/byte-source';
import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto } from './wire/codec';
import { residentBytes } from './wire/fields';
import { type Limits, overLimit } from './wire/limits';

/** Data files by location, or a function that opens one; it answers undefined for a file that is not there. */
export type ExternalFiles = Readonly<Record<string, SourceLike>> | ((location: string) => SourceLike | undefined | Promise<SourceLike | undefined>);

const external = 1;

/** Every TensorProto of a model. */
export function* tensorsOf(model: ModelProto): Generator<TensorProto> {
  const graphs: GraphProto[] = [];
  const fromAttributes = function* (attributes: readonly AttributeProto[] = []): Generator<TensorProto> {
    for (const { t, tensors, g, graphs: more, sparseTensor, sparseTensors } of attributes) {
      if (t) yield t;
      if (tensors?.length) yield* tensors;
      for (const sparse of [...(sparseTensor ? [sparseTensor] : []), ...(sparseTensors ?? [])]) {
        if (sparse.values) yield sparse.values;
        if (sparse.indices) yield sparse.indices;
      }
      if (g) graphs.push(g);
      if (more?.length) graphs.push(...more);
    }
  };
  const fromNodes = function* (nodes: readonly NodeProto[] = []): Generator<TensorProto> {
    for (const { attribute } of nodes) if (attribute?.length) yield* fromAttributes(attribute);
  };
  const roots: (GraphProto | FunctionProto | undefined)[] = [model.graph, ...(model.functions ?? [])];
  for (const { initialization, algorithm } of model.trainingInfo ?? []) roots.push(initialization, algorithm);
  for (const root of roots) {
    if (!root) continue;
    if ('attributeProto' in root) yield* fromAttributes(root.attributeProto);
    graphs.push(root as GraphProto);
    for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
      yield* graph.initializer ?? [];
      for (const { values, indices } of graph.sparseInitializer ?? []) {
        if (values) yield values;
        if (indices) yield indices;
      }
      yield* fromNodes(graph.node);
    }
  }
}

/** Throws `onnx-io/external-path` unless `location` is a plain relative path that stays below its folder. */
export function checkLocation(location: string, where: { file?: string; value?: string }): void {
  const segments = location.split('/');
  const bad =
    location === '' ||
    /[\\\0:]/.test(location) ||
    location.startsWith('/') ||
    segments.some((segment) => segment === '..' || segment === '') ||
    segments.every((segment) => segment === '.');
  if (bad) throw fail('external-path', { where, actual: location });
}

const natural = (text: string | undefined): number | undefined => (text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined);

/** Location, offset and length of one tensor. Throws `onnx-io/external-path`, `external-range`. */
function placeOf(tensor: TensorProto, file?: string): { entries: Map<string, string>; location: string; offset: number; length?: number } {
  const where = { file, value: tensor.name ?? '' };
  const entries = new Map<string, string>();
  for (const { key = '', value = '' } of tensor.externalData ?? []) {
    if (entries.has(key)) throw fail('external-range', { where }, `external_data has '${key}' twice`);
    entries.set(key, value);
  }
  const location = entries.get('location') ?? '';
  checkLocation(location, where);
  const read = (key: string): number | undefined => {
    const text = entries.get(key);
    const value = natural(text);
    if (text !== undefined && (value === undefined || !Number.isSafeInteger(value)))
      throw fail('external-range', { where, actual: text }, `external_data: ${key} is not a natural number`);
    return value;
  };
  const length = read('length');
  return { entries, location, offset: read('offset') ?? 0, ...(length !== undefined && { length }) };
}

export type ExternalRanges = ReadonlyMap<TensorProto, { readonly range: Range; readonly entries: ReadonlyMap<string, string>; readonly bytes?: Uint8Array }>;

/** Opens each data file once, checks every range against its size, and reads the small weights. */
export async function openExternal(model: ModelProto, files: ExternalFiles | undefined, limits: Limits, file?: string): Promise<ExternalRanges> {
  const opened = new Map<string, ByteSource>();
  const ranges = new Map<TensorProto, { range: Range; entries: ReadonlyMap<string, string>; bytes?: Uint8Array }>();
  for (const tensor of tensorsOf(model)) {
    if (tensor.dataLocation !== external) continue;
    const where = { file, value: tensor.name ?? '' };
    const { entries, location, offset, length } = placeOf(tensor, file);
    let source = opened.get(location);
    if (!source) {
      if (opened.size >= limits.externalFiles) throw overLimit('externalFiles', limits, opened.size + 1, file);
      const found = typeof files === 'function' ? await files(location) : files && Object.hasOwn(files, location) ? files[location] : undefined;
      if (found === undefined) throw fail('external-missing', { where, actual: location });
      opened.set(location, (source = toSource(found)));
    }
    const type = dtypeOfCode(tensor.dataType ?? 0);
    const count = elementCount(tensor.dims ?? []);
    const wanted = length ?? (type && type !== 'string' && count !== undefined ? byteLengthOf(type, [count]) : source.size - offset);
    if (wanted > source.size || offset > source.size - wanted)
      throw fail('external-range', { where, expected: `within the ${source.size} bytes of ${location}`, actual: `${offset}+${wanted}` });
    const range: Range = { source, offset, length: wanted };
    ranges.set(tensor, { range, entries, ...(wanted <= residentBytes && { bytes: await source.read(offset, wanted) }) });
  }
  return ranges;
}
