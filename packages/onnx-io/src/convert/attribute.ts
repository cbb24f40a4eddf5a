// AttributeProto <-> Attribute. An attribute that says something else than its kind is kept as its bytes.
import { fail } from '../errors';
import { type Keeps, kept } from '../ir/make';
import type { Attribute } from '../ir/model';
import { type AttributeProto, decodeMessage, encodeMessage } from '../wire/codec';
import { defaultLimits } from '../wire/limits';
import { type AttributeContext, type AttributePlan, type AttributeRow, attributeRows, rowOf, rowOfType, type Subgraph } from './attribute-rows';
import { extraFrom, extraTo } from './extra';
import type { TensorContext } from './tensor-from';

/** What the file wrote otherwise than the saver would: no type, or a type and no value; the type of an empty list. */
interface KeptAttribute {
  readonly noType?: true;
  readonly noValue?: true;
  readonly type?: number;
}

const filled = (message: AttributeProto, { field }: AttributeRow): boolean => {
  if (!Object.hasOwn(message, field)) return false;
  const value = message[field];
  return Array.isArray(value) ? value.length > 0 : value != null;
};

const rowOfField: ReadonlyMap<string, AttributeRow> = /* @__PURE__ */ new Map(/* @__PURE__ */ attributeRows.map((row) => [row.field, row] as const));

export function attributeFrom(message: AttributeProto, context: AttributeContext, subgraph: Subgraph): Attribute {
  let found: AttributeRow | undefined;
  let several = false;
  for (const field in message) {
    const row = rowOfField.get(field);
    if (!row || !filled(message, row)) continue;
    several = found !== undefined;
    found ??= row;
    if (several) break;
  }
  const typed = rowOfType(message.type ?? 0);
  const reference = Object.hasOwn(message, 'refAttrName');
  if (reference && message.refAttrName && typed && !found)
    return withExtra({ kind: 'ref', value: { name: message.refAttrName, kind: typed.kind } }, message, { type: typed.type });
  // A type code that the schema does not know comes as an unknown field 20; only an attribute without any type is judged by what it holds.
  const foreign = message.$unknowns?.some((unknown) => unknown[0] === 0xa0 && unknown[1] === 0x01);
  const row = typed ?? (message.type || foreign ? undefined : found);
  const value = row && !several && !reference && (!found || found === row) ? row.read(message, context, subgraph) : undefined;
  if (!row || !value) return { kind: 'other', value: whole(message, context) };
  const noType = !Object.hasOwn(message, 'type');
  const noValue = row.scalar && !found;
  const emptyList = value.kind === 'tensors' && !value.value.length;
  const about = noType || noValue || emptyList ? { ...(noType && { noType }), ...(noValue && { noValue }), ...(emptyList && { type: row.type }) } : undefined;
  return withExtra(value as Attribute, message, about);
}

function withExtra(attribute: Attribute, message: AttributeProto, about: KeptAttribute | undefined): Attribute {
  const documented = Object.hasOwn(message, 'docString');
  if (!documented && !message.$unknowns && !about) return attribute;
  const extra = documented || message.$unknowns ? { extra: extraFrom(message) } : {};
  return { ...attribute, ...extra, ...(about && { [kept]: about }) };
}

/** An attribute's bytes as they came. Throws `onnx-io/odd-attribute` where that would need a weight that was left in the file. */
export function whole(message: AttributeProto, { cutAt, source }: TensorContext): Uint8Array {
  const { t, sparseTensor, tensors = [], sparseTensors = [] } = message;
  const sparse = [...(sparseTensor ? [sparseTensor] : []), ...sparseTensors].flatMap(({ values, indices }) => [values, indices]);
  const cut = [t, ...tensors, ...sparse].some((tensor) => tensor?.$unknowns?.some((field) => cutAt(field)));
  if (cut || message.g || message.graphs?.length) throw fail('odd-attribute', { where: { file: source.name }, actual: message.name });
  return encodeMessage('AttributeProto', message);
}

export function attributeTo(name: string, attribute: Attribute & Keeps<KeptAttribute>, plan: AttributePlan): AttributeProto {
  if (attribute.kind === 'other') return decodeMessage('AttributeProto', attribute.value, defaultLimits);
  const about = attribute[kept];
  const message: AttributeProto = { name };
  const row = rowOf(attribute, about?.type);
  if (!about?.noType) message.type = row.type;
  if (attribute.kind === 'ref') message.refAttrName = attribute.value.name;
  else if (!(about?.noValue && isDefault(attribute))) row.write(message, attribute, plan);
  if (attribute.extra) extraTo(message, attribute.extra);
  return message;
}

const isDefault = ({ kind, value }: Attribute): boolean => (kind === 'string' ? value.length === 0 : value === 0);
