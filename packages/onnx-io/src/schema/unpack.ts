// Reads the packed operator rows of schema.generated.ts, one operator at a time, on first use. No types here: `param` needs names and defaults only.
//   row      op TAB version TAB version ...                     versions oldest first
//   version  since '-'? '|' inputs '>' outputs '>' attributes   '-' deprecated; a field '=' is the same as in the version before
//   formals  name mark, ...                                     mark: '' required, '?' optional, '*n' variadic with at least n, '*n~' variadic of mixed types
//   attrs    name '=' kind '!'? (':' default)? , ...            '!' required; lists are split by spaces
import type { Attribute, AttributeValue, OpKey } from '../ir/model';
import { packedContribParams, packedParams } from '../schema.generated';

export interface AttributeSpec {
  readonly kind: keyof AttributeValue;
  readonly required: boolean;
  readonly default?: Attribute;
}
export interface FormalSpec {
  readonly name: string;
  readonly option: 'single' | 'optional' | 'variadic';
  /** Of a variadic formal: the least number of values it takes. */
  readonly min?: number;
  /** Of a variadic formal: its values may differ in type. */
  readonly mixed?: boolean;
}
/** One version of an operator, without its types. */
export interface ParamRow {
  readonly since: number;
  readonly deprecated: boolean;
  readonly inputs: readonly FormalSpec[];
  readonly outputs: readonly FormalSpec[];
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
}

const kinds: Readonly<Record<string, keyof AttributeValue>> = {
  i: 'int',
  I: 'ints',
  f: 'float',
  F: 'floats',
  s: 'string',
  S: 'strings',
  t: 'tensor',
  T: 'tensors',
  g: 'graph',
  G: 'graphs',
  y: 'type',
  Y: 'types',
};
const words = (text: string): string[] => (text === '' ? [] : text.split(' '));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const float = (text: string): number => Math.fround(Number(text));
const defaults: Partial<Record<keyof AttributeValue, (text: string) => Attribute>> = {
  int: (text) => ({ kind: 'int', value: Number(text) }),
  ints: (text) => ({ kind: 'ints', value: words(text).map(Number) }),
  float: (text) => ({ kind: 'float', value: float(text) }),
  floats: (text) => ({ kind: 'floats', value: words(text).map(float) }),
  string: (text) => ({ kind: 'string', value: utf8(text) }),
  strings: (text) => ({ kind: 'strings', value: words(text).map(utf8) }),
};

function formalOf(text: string): FormalSpec {
  const [, name, mark, count, mixed] = /^(.*?)(\?|\*(\d+)(~?))?$/.exec(text)!;
  if (!mark) return { name: name!, option: 'single' };
  if (mark === '?') return { name: name!, option: 'optional' };
  return { name: name!, option: 'variadic', min: Number(count), mixed: mixed === '~' };
}

function attributeOf(text: string): readonly [string, AttributeSpec] {
  const [, name, letter, required, value] = /^(\w+)=(\w)(!?)(?::(.*))?$/.exec(text)!;
  const kind = kinds[letter!]!;
  const initial = value === undefined ? undefined : defaults[kind]?.(value);
  return [name!, { kind, required: required === '!', ...(initial && { default: initial }) }];
}

const list = <T>(text: string, of: (item: string) => T): T[] => (text === '' ? [] : text.split(',').map(of));

function rowsOf(line: string): ParamRow[] {
  const rows: ParamRow[] = [];
  for (const version of line.split('\t').slice(1)) {
    const [head, body] = version.split('|') as [string, string];
    const [inputs, outputs, attributes] = body.split('>') as [string, string, string];
    const before = rows.at(-1);
    rows.push({
      since: Number.parseInt(head, 10),
      deprecated: head.endsWith('-'),
      inputs: inputs === '=' ? before!.inputs : list(inputs, formalOf),
      outputs: outputs === '=' ? before!.outputs : list(outputs, formalOf),
      attributes: attributes === '=' ? before!.attributes : Object.fromEntries(list(attributes, attributeOf)),
    });
  }
  return rows;
}

interface Entry {
  readonly packed: string;
  /** Which of the generated strings, and which line of it: the types are at the same place. */
  readonly contrib: boolean;
  readonly line: number;
  rows?: readonly ParamRow[];
}
let entries: Map<OpKey, Entry> | undefined;

export function entryOf(key: OpKey): Entry | undefined {
  if (!entries) {
    entries = new Map();
    for (const contrib of [false, true])
      for (const [line, packed] of (contrib ? packedContribParams : packedParams).split('\n').entries())
        entries.set(packed.slice(0, packed.indexOf('\t')), { packed, contrib, line });
  }
  return entries.get(key);
}

/** Every operator that has a schema. */
export function schemaKeys(): readonly OpKey[] {
  entryOf('');
  return [...entries!.keys()];
}

/** All versions of an operator, oldest first; none for an unknown one. */
export function versionsOf(key: OpKey): readonly ParamRow[] {
  const entry = entryOf(key);
  if (!entry) return [];
  entry.rows ??= rowsOf(entry.packed);
  return entry.rows;
}

/** The version of an operator that holds at `opset` of its domain. */
export const rowAt = (key: OpKey, opset: number): ParamRow | undefined => versionsOf(key).findLast(({ since }) => since <= opset);
