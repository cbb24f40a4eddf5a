// SparseTensorProto <-> SparseTensor.
import type { OpaqueTensor, SparseTensor, Weight } from '@modeldiet/tensor';
import { elementCount } from '../dtypes';
import { fail } from '../errors';
import type { TensorStorage } from '../ir/model';
import type { SparseTensorProto } from '../wire/codec';
import { type TensorContext, tensorFrom } from './tensor-from';
import { type SavePlan, tensorTo } from './tensor-to';

interface SparseStorage {
  readonly values: TensorStorage;
  readonly indices: TensorStorage;
  readonly unknown: readonly Uint8Array[];
}
const sparseStorage = new WeakMap<SparseTensor, SparseStorage>();

/** The same sparse tensor with its parts loaded. */
export function withParts(constant: SparseTensor, values: Weight, indices: Weight): SparseTensor {
  const made: SparseTensor = { ...constant, values, indices };
  const storage = sparseStorage.get(constant);
  if (storage) sparseStorage.set(made, storage);
  return made;
}

const isWeight = (constant: Weight | OpaqueTensor): constant is Weight => constant.type !== 'opaque';

export function sparseFrom(message: SparseTensorProto, context: TensorContext): { constant: SparseTensor; storage: TensorStorage } {
  const dims = message.dims ?? [];
  const where = { file: context.source.name, value: message.values?.name ?? '' };
  if (elementCount(dims) === undefined) throw fail('weight-dims', { where, actual: dims.map(String).join('x') });
  const values = tensorFrom(message.values ?? {}, context);
  const indices = tensorFrom(message.indices ?? {}, context);
  if (!isWeight(values.constant) || !isWeight(indices.constant)) throw fail('weight-fields', { where }, 'a sparse tensor of a type that is not known');
  const constant: SparseTensor = { type: 'sparse', dims: dims as number[], values: values.constant, indices: indices.constant };
  sparseStorage.set(constant, { values: values.storage, indices: indices.storage, unknown: message.$unknowns ?? [] });
  return { constant, storage: values.storage };
}

export function sparseTo(constant: SparseTensor, name: string, plan: SavePlan): SparseTensorProto {
  const storage = sparseStorage.get(constant);
  const message: SparseTensorProto = {
    values: tensorTo(constant.values, storage?.values, name, plan),
    indices: tensorTo(constant.indices, storage?.indices, storage?.indices.name ?? '', plan),
  };
  if (constant.dims.length) message.dims = [...constant.dims];
  if (storage?.unknown.length) message.$unknowns = [...storage.unknown];
  return message;
}
