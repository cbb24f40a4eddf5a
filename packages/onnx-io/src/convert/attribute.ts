// AttributeProto <-> Attribute. One row a kind; an attribute that says something else than its kind is kept as its bytes.
import type { Constant, SparseTensor } from '@modeldiet/tensor';
import { fail } from '../errors';
import { type Keeps, kept } from '../ir/make';
import type { Attribute, AttributeValue, Extra, Graph, TensorStorage } from '../ir/model';
import { type AttributeProto, decodeMessage, encodeMessage, type GraphProto, type SparseTensorProto, type TensorProto } from '../wire/codec';
import { defaultLimits } from '../wire/limits';
import { extraFrom, extraTo } from './extra';
import { sparseFrom, sparseTo } from './sparse';
import { type TensorContext, tensorFrom } from './tensor-from';
import { type SavePlan, tensorTo } from './tensor-to';
import { type FreshDim, typeFrom, typeTo } from './value-type';

export interface AttributeContext extends TensorContext {
  readonly fresh: FreshDim;
  /** Builds a subgraph of the node at hand. */
  graph(message: GraphProto): Graph;
}
export interface AttributePlan extends SavePlan {
  graph(graph: Graph): GraphProto;
}

type Field = 'f' | 'i' | 's' | 't' | 'g' | 'sparseTensor' | 'tp' | 'floats' | 'ints' | 'strings' | 'tensors' | 'graphs' | 'sparseTensors' | 'typeProtos';
interface Row {
  /** AttributeProto.AttributeType. */
  readonly type: number;
  readonly field: Field;
  readonly kind: keyof AttributeValue;
}
const rows: readonly Row[] = [
  { type: 1, field: 'f', kind: 'float' },
  { type: 2, field: 'i', kind: 'int' },
  { type: 3, field: 's', kind: 'string' },
  { type: 4, field: 't', kind: 'tensor' },
  { type: 5, field: 'g', kind: 'graph' },
  { type: 6, field: 'floats', kind: 'floats' },
  { type: 7, field: 'ints', kind: 'ints' },
  { type: 8, field: 'strings', kind: 'strings' },
  { type: 9, field: 'tensors', kind: 'tensors' },
  { type: 10, field: 'graphs', kind: 'graphs' },
  { type: 11, field: 'sparseTensor', kind: 'tensor' },
  { type: 12, field: 'sparseTensors', kind: 'tensors' },
  { type: 13, field: 'tp', kind: 'type' },
  { type: 14, field: 'typeProtos', kind: 'types' },
];
const byType = new Map(rows.map((row) => [row.type, row]));

/** What the file wrote otherwise than the saver would: no type, or a type and no value; the type of an empty list. */
interface KeptAttribute {
  readonly noType?: true;
  readonly noValue?: true;
  readonly type?: number;
}

const filled = (message: AttributeProto, field: Field): boolean => {
  const value = message[field];
  return Array.isArray(value) ? value.length > 0 : Object.hasOwn(message, field) && value != null;
};

export function attributeFrom(message: AttributeProto, context: AttributeContext): Attribute {
  const extra = extraFrom({
    ...(Object.hasOwn(message, 'docString') && { docString: message.docString }),
    ...(message.$unknowns && { $unknowns: message.$unknowns }),
  });
  const more = extra.doc === undefined && !extra.unknown.length ? {} : { extra };
  const found = rows.filter(({ field }) => filled(message, field));
  const typed = byType.get(message.type ?? 0);
  const reference = Object.hasOwn(message, 'refAttrName');
  if (reference && message.refAttrName && typed && !found.length)
    return { kind: 'ref', value: { name: message.refAttrName, kind: typed.kind }, ...more, ...keep({ type: typed.type }) };
  // A type code that the schema does not know comes as an unknown field 20; only an attribute without any type is judged by what it holds.
  const untyped = !message.$unknowns?.some((unknown) => unknown[0] === 0xa0 && unknown[1] === 0x01);
  const row = typed ?? (message.type || !untyped ? undefined : found[0]);
  const single = found.length === 0 || (found.length === 1 && found[0] === row);
  const value = row && single && !reference ? valueFrom(row, message, context) : undefined;
  if (!row || !value) return { kind: 'other', value: whole(message, context) };
  const scalar = row.field === 'f' || row.field === 'i' || row.field === 's';
  return {
    ...value,
    ...more,
    ...keep({
      ...(!Object.hasOwn(message, 'type') && { noType: true }),
      ...(scalar && !found.length && { noValue: true }),
      ...(value.kind === 'tensors' && !value.value.length && { type: row.type }),
    }),
  } as Attribute;
}

/** An attribute's bytes as they came. Throws `onnx-io/odd-attribute` where that would need a weight that was left in the file. */
export function whole(message: AttributeProto, { cutAt, source }: TensorContext): Uint8Array {
  const { t, sparseTensor, tensors = [], sparseTensors = [] } = message;
  const sparse = [...(sparseTensor ? [sparseTensor] : []), ...sparseTensors].flatMap(({ values, indices }) => [values, indices]);
  const cut = [t, ...tensors, ...sparse].some((tensor) => tensor?.$unknowns?.some((field) => cutAt(field)));
  if (cut || message.g || message.graphs?.length) throw fail('odd-attribute', { where: { file: source.name }, actual: message.name });
  return encodeMessage('AttributeProto', message);
}

const keep = (about: KeptAttribute): Keeps<KeptAttribute> => (Object.keys(about).length ? { [kept]: about } : {});

type Made = { [K in keyof AttributeValue]: { kind: K; value: AttributeValue[K]; storage?: readonly TensorStorage[] } }[keyof AttributeValue];

function valueFrom({ field, type }: Row, message: AttributeProto, context: AttributeContext): Made | undefined {
  const { f = 0, i = 0, s = new Uint8Array(0), t, g, tp, sparseTensor, floats = [], ints = [], strings = [], tensors = [], sparseTensors = [] } = message;
  const { graphs = [], typeProtos = [] } = message;
  const constants = (all: { constant: Constant; storage: TensorStorage }[]): Made => ({
    kind: 'tensors',
    value: all.map(({ constant }) => constant),
    storage: all.map(({ storage }) => storage),
  });
  const one = ({ constant, storage }: { constant: Constant; storage: TensorStorage }): Made => ({ kind: 'tensor', value: constant, storage: [storage] });
  if (field === 'f') return { kind: 'float', value: f };
  if (field === 'i') return { kind: 'int', value: i };
  if (field === 's') return { kind: 'string', value: s };
  if (field === 't') return t && one(tensorFrom(t, context));
  if (field === 'g') return g && { kind: 'graph', value: context.graph(g) };
  if (field === 'tp') return tp && { kind: 'type', value: typeFrom(tp, context.fresh) };
  if (field === 'sparseTensor') return sparseTensor && one(sparseFrom(sparseTensor, context));
  if (field === 'floats') return { kind: 'floats', value: floats };
  if (field === 'ints') return { kind: 'ints', value: ints };
  if (field === 'strings') return { kind: 'strings', value: strings };
  if (field === 'graphs') return { kind: 'graphs', value: graphs.map((graph) => context.graph(graph)) };
  if (field === 'typeProtos') return { kind: 'types', value: typeProtos.map((proto) => typeFrom(proto, context.fresh)) };
  return constants(type === 9 ? tensors.map((tensor) => tensorFrom(tensor, context)) : sparseTensors.map((tensor) => sparseFrom(tensor, context)));
}

export function attributeTo(name: string, attribute: Attribute & Keeps<KeptAttribute>, plan: AttributePlan): AttributeProto {
  if (attribute.kind === 'other') return decodeMessage('AttributeProto', attribute.value, defaultLimits);
  const about = attribute[kept] ?? {};
  const message: AttributeProto = { name };
  const row = rowOf(attribute, about);
  if (!about.noType) message.type = row.type;
  if (attribute.kind === 'ref') message.refAttrName = attribute.value.name;
  else if (!(about.noValue && isDefault(attribute))) valueTo(message, row, attribute, plan);
  if (attribute.extra) extraTo(message, attribute.extra as Extra);
  return message;
}

const isDefault = ({ kind, value }: Attribute): boolean => (kind === 'string' ? value.length === 0 : value === 0);

function rowOf(attribute: Exclude<Attribute, { kind: 'other' }>, about: KeptAttribute): Row {
  if (attribute.kind === 'ref')
    return (
      (byType.get(about.type ?? 0)?.kind === attribute.value.kind ? byType.get(about.type!) : undefined) ??
      rows.find(({ kind }) => kind === attribute.value.kind)!
    );
  const sparse = attribute.kind === 'tensor' ? attribute.value.type === 'sparse' : attribute.kind === 'tensors' && attribute.value[0]?.type === 'sparse';
  if (sparse) return byType.get(attribute.kind === 'tensor' ? 11 : 12)!;
  if (attribute.kind === 'tensors' && !attribute.value.length && about.type) return byType.get(about.type)!;
  return rows.find(({ kind }) => kind === attribute.kind)!;
}

function valueTo(message: AttributeProto, { field }: Row, attribute: Attribute, plan: AttributePlan): void {
  const tensor = (constant: Constant, i: number): TensorProto =>
    tensorTo(constant as Exclude<Constant, SparseTensor>, attribute.storage?.[i], attribute.storage?.[i]?.name ?? '', plan);
  const sparse = (constant: Constant, i: number): SparseTensorProto => sparseTo(constant as SparseTensor, attribute.storage?.[i]?.name ?? '', plan);
  switch (attribute.kind) {
    case 'float':
      message.f = attribute.value;
      break;
    case 'int':
      message.i = attribute.value;
      break;
    case 'string':
      message.s = attribute.value;
      break;
    case 'floats':
      message.floats = [...attribute.value];
      break;
    case 'ints':
      message.ints = [...attribute.value];
      break;
    case 'strings':
      message.strings = [...attribute.value];
      break;
    case 'tensor':
      if (field === 'sparseTensor') message.sparseTensor = sparse(attribute.value, 0);
      else message.t = tensor(attribute.value, 0);
      break;
    case 'tensors':
      if (field === 'sparseTensors') message.sparseTensors = attribute.value.map(sparse);
      else message.tensors = attribute.value.map(tensor);
      break;
    case 'graph':
      message.g = plan.graph(attribute.value);
      break;
    case 'graphs':
      message.graphs = attribute.value.map((graph) => plan.graph(graph));
      break;
    case 'type':
      message.tp = typeTo(attribute.value);
      break;
    case 'types':
      message.typeProtos = attribute.value.map(typeTo);
      break;
  }
}
