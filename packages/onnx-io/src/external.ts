// external_data of TensorProto: where a model's data files are, which ranges of them it uses, and which names it may use (CVE-2022-25882, 2024-27318, 2024-5187, 2026-34446).

import { byteLengthOf } from '@modeldiet/tensor';
import { dtypeOfCode, elementCount } from './dtypes';
import { fail } from './errors';
import type { Range } from './payload';
import { toSource } from './source/blob';
import type { ByteSource, SourceLike } from './source/byte-source';
import type { AttributeProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto } from './wire/codec';
import { residentBytes } from './wire/fields';
import { type Limits, overLimit } from './wire/limits';

/** Data files by location, or a function that opens one; it answers undefined for a file that is not there. */
export type ExternalFiles = Readonly<Record<string, SourceLike>> | ((location: string) => SourceLike | undefined | Promise<SourceLike | undefined>);

const external = 1;

/** Calls `visit` with every TensorProto of a model. */
export function eachTensor(model: ModelProto, visit: (tensor: TensorProto) => void): void {
  const graphs: GraphProto[] = [];
  const sparse = ({ values, indices }: SparseTensorProto): void => {
    if (values) visit(values);
    if (indices) visit(indices);
  };
  const attributes = (list: readonly AttributeProto[]): void => {
    for (const attribute of list) {
      if (attribute.t) visit(attribute.t);
      if (attribute.g) graphs.push(attribute.g);
      if (attribute.sparseTensor) sparse(attribute.sparseTensor);
      attribute.tensors?.forEach(visit);
      if (attribute.graphs?.length) graphs.push(...attribute.graphs);
      attribute.sparseTensors?.forEach(sparse);
    }
  };
  const nodes = (list: readonly NodeProto[] = []): void => {
    for (const { attribute } of list) if (attribute?.length) attributes(attribute);
  };
  if (model.graph) graphs.push(model.graph);
  for (const { initialization, algorithm } of model.trainingInfo ?? []) for (const graph of [initialization, algorithm]) if (graph) graphs.push(graph);
  for (const { node, attributeProto } of model.functions ?? []) {
    attributes(attributeProto ?? []);
    nodes(node);
  }
  for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
    graph.initializer?.forEach(visit);
    graph.sparseInitializer?.forEach(sparse);
    nodes(graph.node);
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

/** A file of a record; './model.onnx_data' is 'model.onnx_data'. */
function given(files: Exclude<ExternalFiles, (location: string) => unknown> = {}, location: string): SourceLike | undefined {
  for (const name of [location, location.replace(/^(\.\/)+/, '')]) if (Object.hasOwn(files, name)) return files[name];
  return undefined;
}

/** Opens each data file once, checks every range against its size, and reads the small weights. */
export async function openExternal(model: ModelProto, files: ExternalFiles | undefined, limits: Limits, file?: string): Promise<ExternalRanges> {
  const opened = new Map<string, ByteSource>();
  const ranges = new Map<TensorProto, { range: Range; entries: ReadonlyMap<string, string>; bytes?: Uint8Array }>();
  const outside: TensorProto[] = [];
  eachTensor(model, (tensor) => {
    if (tensor.dataLocation === external) outside.push(tensor);
  });
  for (const tensor of outside) {
    const where = { file, value: tensor.name ?? '' };
    const { entries, location, offset, length } = placeOf(tensor, file);
    let source = opened.get(location);
    if (!source) {
      if (opened.size >= limits.externalFiles) throw overLimit('externalFiles', limits, opened.size + 1, file);
      const found = typeof files === 'function' ? await files(location) : given(files, location);
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
