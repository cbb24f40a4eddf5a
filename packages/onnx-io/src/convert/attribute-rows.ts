// THE TABLE of attribute kinds: the code and field of onnx.proto, how each is read and written.
import type { Constant, SparseTensor } from '@modeldiet/tensor';
import type { Attribute, AttributeValue, Graph, Int, TensorStorage } from '../ir/model';
import type { AttributeProto, GraphProto } from '../wire/codec';
import { sparseFrom, sparseTo } from './sparse';
import { type TensorContext, tensorFrom } from './tensor-from';
import { type SavePlan, tensorTo } from './tensor-to';
import type { TypeBytes } from './value-info';
import { type FreshDim, typeFrom, typeTo } from './value-type';

export interface AttributeContext extends TensorContext {
  readonly fresh: FreshDim;
}
/** Builds a subgraph of the node at hand. */
export type Subgraph = (message: GraphProto) => Graph;
export interface AttributePlan extends SavePlan {
  readonly types: TypeBytes;
  graph(graph: Graph): GraphProto;
}

/** What is read: an attribute without what its file said beside the value. */
export type Made = { [K in keyof AttributeValue]: { kind: K; value: AttributeValue[K]; storage?: readonly TensorStorage[] } }[keyof AttributeValue];
type Field = 'f' | 'i' | 's' | 't' | 'g' | 'sparseTensor' | 'tp' | 'floats' | 'ints' | 'strings' | 'tensors' | 'graphs' | 'sparseTensors' | 'typeProtos';

export interface AttributeRow {
  /** AttributeProto.AttributeType. */
  readonly type: number;
  readonly field: Field;
  readonly kind: keyof AttributeValue;
  /** A number or a string: the field may be absent for its default. */
  readonly scalar?: boolean;
  read(message: AttributeProto, context: AttributeContext, subgraph: Subgraph): Made | undefined;
  write(message: AttributeProto, attribute: Attribute, plan: AttributePlan): void;
}

type Of<K extends keyof AttributeValue> = Attribute & { readonly kind: K };
/** A row whose `write` is given attributes of its own kind. */
const row = <K extends keyof AttributeValue>(
  type: number,
  kind: K,
  field: Field,
  read: AttributeRow['read'],
  write: (message: AttributeProto, attribute: Of<K>, plan: AttributePlan) => void,
  scalar = false,
): AttributeRow => ({ type, kind, field, read, write: write as AttributeRow['write'], scalar });

interface Stored {
  readonly constant: Constant;
  readonly storage: TensorStorage;
}
const one = ({ constant, storage }: Stored): Made => ({ kind: 'tensor', value: constant, storage: [storage] });
const many = (all: readonly Stored[]): Made => ({ kind: 'tensors', value: all.map(({ constant }) => constant), storage: all.map(({ storage }) => storage) });
const nameOf = ({ storage }: Attribute, i: number): string => storage?.[i]?.name ?? '';
const dense = (attribute: Attribute, constant: Constant, i: number, plan: SavePlan) =>
  tensorTo(constant as Exclude<Constant, SparseTensor>, attribute.storage?.[i], nameOf(attribute, i), plan);
const sparse = (attribute: Attribute, constant: Constant, i: number, plan: SavePlan) => sparseTo(constant as SparseTensor, nameOf(attribute, i), plan);

export const attributeRows: readonly AttributeRow[] = [
  row(
    1,
    'float',
    'f',
    ({ f }) => ({ kind: 'float', value: f ?? 0 }),
    (message, { value }) => void (message.f = value),
    true,
  ),
  row(
    2,
    'int',
    'i',
    ({ i }) => ({ kind: 'int', value: i ?? 0 }),
    (message, { value }) => void (message.i = value),
    true,
  ),
  row(
    3,
    'string',
    's',
    (message) => ({ kind: 'string', value: Object.hasOwn(message, 's') ? message.s! : new Uint8Array(0) }),
    (message, { value }) => void (message.s = value),
    true,
  ),
  row(
    4,
    'tensor',
    't',
    ({ t }, context) => (t ? one(tensorFrom(t, context)) : undefined),
    (message, attribute, plan) => void (message.t = dense(attribute, attribute.value, 0, plan)),
  ),
  row(
    5,
    'graph',
    'g',
    ({ g }, _, subgraph) => (g ? { kind: 'graph', value: subgraph(g) } : undefined),
    (message, { value }, plan) => void (message.g = plan.graph(value)),
  ),
  row(
    6,
    'floats',
    'floats',
    ({ floats = [] }) => ({ kind: 'floats', value: floats }),
    (message, { value }) => void (message.floats = value as number[]),
  ),
  row(
    7,
    'ints',
    'ints',
    ({ ints = [] }) => ({ kind: 'ints', value: ints }),
    (message, { value }) => void (message.ints = value as Int[]),
  ),
  row(
    8,
    'strings',
    'strings',
    ({ strings = [] }) => ({ kind: 'strings', value: strings }),
    (message, { value }) => void (message.strings = value as Uint8Array[]),
  ),
  row(
    9,
    'tensors',
    'tensors',
    ({ tensors = [] }, context) => many(tensors.map((tensor) => tensorFrom(tensor, context))),
    (message, attribute, plan) => void (message.tensors = attribute.value.map((constant, i) => dense(attribute, constant, i, plan))),
  ),
  row(
    10,
    'graphs',
    'graphs',
    ({ graphs = [] }, _, subgraph) => ({ kind: 'graphs', value: graphs.map(subgraph) }),
    (message, { value }, plan) => void (message.graphs = value.map((graph) => plan.graph(graph))),
  ),
  row(
    11,
    'tensor',
    'sparseTensor',
    ({ sparseTensor }, context) => (sparseTensor ? one(sparseFrom(sparseTensor, context)) : undefined),
    (message, attribute, plan) => void (message.sparseTensor = sparse(attribute, attribute.value, 0, plan)),
  ),
  row(
    12,
    'tensors',
    'sparseTensors',
    ({ sparseTensors = [] }, context) => many(sparseTensors.map((tensor) => sparseFrom(tensor, context))),
    (message, attribute, plan) => void (message.sparseTensors = attribute.value.map((constant, i) => sparse(attribute, constant, i, plan))),
  ),
  row(
    13,
    'type',
    'tp',
    ({ tp }, { fresh }) => (tp ? { kind: 'type', value: typeFrom(tp, fresh) } : undefined),
    (message, { value }) => void (message.tp = typeTo(value)),
  ),
  row(
    14,
    'types',
    'typeProtos',
    ({ typeProtos = [] }, { fresh }) => ({ kind: 'types', value: typeProtos.map((proto) => typeFrom(proto, fresh)) }),
    (message, { value }) => void (message.typeProtos = value.map(typeTo)),
  ),
];

const byType = new Map(attributeRows.map((found) => [found.type, found]));
/** The first row of each kind: the dense one of tensors. */
const byKind = new Map([...attributeRows].reverse().map((found) => [found.kind, found]));
export const rowOfType = (type: number): AttributeRow | undefined => byType.get(type);

/** The row that writes an attribute; `type` is what its file said, where value and kind leave it open. */
export function rowOf(attribute: Attribute, type = 0): AttributeRow {
  const said = byType.get(type);
  if (attribute.kind === 'ref') return said?.kind === attribute.value.kind ? said : byKind.get(attribute.value.kind)!;
  if (attribute.kind === 'tensor' && attribute.value.type === 'sparse') return byType.get(11)!;
  if (attribute.kind === 'tensors') {
    if (attribute.value[0]?.type === 'sparse') return byType.get(12)!;
    if (!attribute.value.length && said) return said;
  }
  return byKind.get(attribute.kind as keyof AttributeValue)!;
}
