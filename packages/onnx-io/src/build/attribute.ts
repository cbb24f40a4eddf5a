// Plain JavaScript values to attributes: of the kind the schema says, or of the kind they look like where there is no schema.
import type { Constant } from '@modeldiet/tensor';
import { fail } from '../errors';
import { attributeOf } from '../ir/edit/attr';
import type { Attribute, AttributeValue, Graph, Int, ValueType } from '../ir/model';

type Kind = keyof AttributeValue;
/** What `graphBuilder` takes for an attribute: numbers, text, tensors, subgraphs, lists of them; `attr.float(1)` says the kind where there is no schema to say it. */
export type AttributeArg =
  | Attribute
  | Int
  | boolean
  | string
  | Constant
  | Graph
  | ValueType
  | readonly (Int | boolean)[]
  | readonly string[]
  | readonly Constant[]
  | readonly Graph[]
  | readonly ValueType[];

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null;
const isAttribute = (x: unknown): x is Attribute => isObject(x) && 'kind' in x && 'value' in x;
const isConstant = (x: unknown): x is Constant => isObject(x) && 'type' in x && 'dims' in x;
const isGraph = (x: unknown): x is Graph => isObject(x) && 'nodes' in x;
const isType = (x: unknown): x is ValueType => isObject(x) && 'kind' in x && !('value' in x);
const isInt = (x: unknown): x is Int | boolean => typeof x === 'boolean' || typeof x === 'bigint' || Number.isSafeInteger(x);
const isNumber = (x: unknown): x is number => typeof x === 'number';
const isString = (x: unknown): x is string => typeof x === 'string';

// int64 of a file: bigint only beyond 2^53.
const int = (x: Int | boolean): Int => (typeof x === 'boolean' ? Number(x) : typeof x === 'bigint' && Number.isSafeInteger(Number(x)) ? Number(x) : x);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const same = <T>(x: T): T => x;

/** For each kind: the plural, what one item looks like, and how it is stored. */
const row = <T, S>(list: Kind, is: (x: unknown) => x is T, to: (x: T) => S) => ({
  list,
  one: (x: unknown): S | undefined => (is(x) ? to(x) : undefined),
});
const kinds = {
  int: row('ints', isInt, int),
  float: row('floats', isNumber, Math.fround),
  string: row('strings', isString, utf8),
  tensor: row('tensors', isConstant, same),
  graph: row('graphs', isGraph, same),
  type: row('types', isType, same),
} as const;
type Single = keyof typeof kinds;

const singleOf = (kind: Kind): Single | undefined => (Object.keys(kinds) as Single[]).find((single) => kinds[single].list === kind);

function convert(kind: Kind, value: unknown): AttributeValue[Kind] | undefined {
  if (kind in kinds) return kinds[kind as Single].one(value) as AttributeValue[Kind] | undefined;
  const single = singleOf(kind);
  if (!single || !Array.isArray(value)) return undefined;
  const items = value.map((item) => kinds[single].one(item));
  return items.includes(undefined) ? undefined : (items as unknown as AttributeValue[Kind]);
}

const looks: readonly Single[] = ['int', 'float', 'string', 'tensor', 'graph', 'type'];

/** The kind a value looks like: 1 is an int, 1.5 a float, [1, 1.5] floats. */
function guess(value: unknown): Kind | undefined {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const single = looks.find((kind) => items.every((item) => kinds[kind].one(item) !== undefined));
  return single && (Array.isArray(value) ? (items.length > 0 ? kinds[single].list : undefined) : single);
}

const shown = (value: unknown): string => (typeof value === 'object' ? Object.prototype.toString.call(value) : String(value));

/** `value` as an attribute of `kind`, or of the kind it looks like. Throws `attribute-value`. */
export function toAttribute(value: AttributeArg, kind: Kind | undefined, where: { opType: string; name: string }): Attribute {
  const wrong = (words: string, expected?: unknown) =>
    fail('attribute-value', { where: { opType: where.opType }, expected, actual: shown(value) }, `attribute '${where.name}'${words}`);
  if (isAttribute(value)) {
    if (kind && value.kind !== kind && value.kind !== 'ref') throw wrong('', kind);
    return value;
  }
  const chosen = kind ?? guess(value);
  if (!chosen) throw wrong(': its kind cannot be told; say it as attr.ints([]), attr.float(1), ...');
  const converted = convert(chosen, value);
  if (converted === undefined) throw wrong('', chosen);
  return attributeOf(chosen, converted);
}
