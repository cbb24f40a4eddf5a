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
  if (text.endsWith('?')) return { name: text.slice(0, -1), option: 'optional' };
  const star = text.indexOf('*');
  if (star < 0) return { name: text, option: 'single' };
  return { name: text.slice(0, star), option: 'variadic', min: Number.parseInt(text.slice(star + 1), 10), mixed: text.endsWith('~') };
}

function attributeOf(text: string): readonly [string, AttributeSpec] {
  const [, name, letter, required, value] = /^(\w+)=(\w)(!?)(?::(.*))?$/.exec(text)!;
  const kind = kinds[letter!]!;
  const initial = value === undefined ? undefined : defaults[kind]?.(value);
  return [name!, { kind, required: required === '!', ...(initial && { default: initial }) }];
}

const list = <T>(text: string, of: (item: string) => T): T[] => (text === '' ? [] : text.split(',').map(of));

/** The versions of an operator, oldest first, as text; each is taken apart when it is asked for. */
interface Version {
  readonly since: number;
  readonly deprecated: boolean;
  /** Inputs, outputs, attributes. */
  readonly fields: readonly string[];
  row?: ParamRow;
}
const versionFrom = (text: string): Version => {
  const [head, body] = text.split('|') as [string, string];
  return { since: Number.parseInt(head, 10), deprecated: head.endsWith('-'), fields: body.split('>') };
};

function rowOf(versions: readonly Version[], at: number): ParamRow {
  const version = versions[at]!;
  const fieldOf = <K extends 'inputs' | 'outputs' | 'attributes'>(name: K, index: number, read: (text: string) => ParamRow[K]): ParamRow[K] => {
    const text = version.fields[index]!;
    return text === '=' ? rowOf(versions, at - 1)[name] : read(text);
  };
  version.row ??= {
    since: version.since,
    deprecated: version.deprecated,
    inputs: fieldOf('inputs', 0, (text) => list(text, formalOf)),
    outputs: fieldOf('outputs', 1, (text) => list(text, formalOf)),
    attributes: fieldOf('attributes', 2, (text) => Object.fromEntries(list(text, attributeOf))),
  };
  return version.row;
}

interface Entry {
  readonly packed: string;
  /** Which of the generated strings, and which line of it: the types are at the same place. */
  readonly contrib: boolean;
  readonly line: number;
  versions?: readonly Version[];
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

function versionsIn(key: OpKey): readonly Version[] {
  const entry = entryOf(key);
  if (!entry) return [];
  entry.versions ??= entry.packed.split('\t').slice(1).map(versionFrom);
  return entry.versions;
}

/** All versions of an operator, oldest first; none for an unknown one. */
export const versionsOf = (key: OpKey): readonly ParamRow[] => versionsIn(key).map((_, at, versions) => rowOf(versions, at));

/** The version of an operator that holds at `opset` of its domain. */
export function rowAt(key: OpKey, opset: number): ParamRow | undefined {
  const versions = versionsIn(key);
  const at = versions.findLastIndex(({ since }) => since <= opset);
  return at < 0 ? undefined : rowOf(versions, at);
}
