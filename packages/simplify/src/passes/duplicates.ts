// What is computed twice is computed once, and what is stored twice is stored once.
import {
  type Attribute,
  allGraphs,
  constantBytes,
  type Draft,
  edit,
  functionKey,
  type Graph,
  type Model,
  type Node,
  nestedGraphs,
  opKey,
  orderedNodes,
  type Pass,
  subgraphs,
  type Value,
} from '@modeldiet/onnx-io';
import { table } from '@modeldiet/ops';
import { bytesOf, type Constant, checkpoint, isLazy, type LongWork, materialize, type Tensor, type Weight } from '@modeldiet/tensor';
import { canReplace } from '../edit';
import { inParts } from './load-small';

/** Two of them need not give the same. */
const random: ReadonlySet<string> = new Set(['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Multinomial', 'Bernoulli', 'Dropout']);

/** Functions that call functions are looked into so far. */
const deepest = 32;

/** Which nodes give the same for the same inputs, as far as is known: not those drawn at random, operators that nobody knows, and functions with either inside. */
function repeatable({ functions }: Model): (node: Node) => boolean {
  const known = new Map<string, boolean>();
  const is = (node: Node, depth: number): boolean => {
    const call = functionKey(node.domain, node.opType, node.overload);
    const body = functions.get(call);
    if (!body) return !random.has(opKey(node)) && Object.hasOwn(table, opKey(node));
    const before = known.get(call);
    if (before !== undefined || depth > deepest) return before ?? false;
    known.set(call, false);
    const all = [...nestedGraphs(body)].every((graph) => [...graph.nodes].every((each) => is(each, depth + 1)));
    known.set(call, all);
    return all;
  };
  return (node) => is(node, 0);
}

/** Small numbers by which objects are told apart. */
function numbering(): (x: object | undefined) => string {
  const known = new Map<object, string>();
  return (x) => {
    if (!x) return '-';
    const id = known.get(x) ?? `#${known.size}`;
    known.set(x, id);
    return id;
  };
}

function attributeKey(attribute: Attribute, id: (x: object) => string): string {
  const text = (value: unknown): string =>
    value instanceof Uint8Array
      ? Array.from(value).join(' ')
      : typeof value === 'bigint'
        ? String(value)
        : Array.isArray(value)
          ? `[${value.map(text).join()}]`
          : Object.is(value, -0)
            ? '-0'
            : typeof value === 'object' && value !== null
              ? id(value)
              : String(value);
  return `${attribute.kind}:${text(attribute.value)}`;
}

/** What two equal nodes have in common and most others do not. */
const nodeKey = (node: Node, id: (x: object | undefined) => string): string => `${opKey(node)}|${node.overload}|${node.inputs.map(id).join()}`;

function detailKey(node: Node, id: (x: object | undefined) => string): string {
  const attributes = [...node.attributes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, attribute]) => `${name}=${attributeKey(attribute, id)}`);
  return [node.outputs.map((value) => (value ? '1' : '0')).join(''), ...attributes].join('|');
}

/** The nodes that are told apart, by {@link nodeKey}, and where there are several by {@link detailKey}. */
type Seen = Map<string, { readonly only: Node; byDetail?: Map<string, Node> }>;

/** The first node like this one; undefined where this is the first. Attributes are compared only where operator and inputs are the same. */
function likeBefore(node: Node, seen: Seen, id: (x: object | undefined) => string): Node | undefined {
  const key = nodeKey(node, id);
  const others = seen.get(key);
  if (!others) {
    seen.set(key, { only: node });
    return undefined;
  }
  others.byDetail ??= new Map([[detailKey(others.only, id), others.only]]);
  const detail = detailKey(node, id);
  const same = others.byDetail.get(detail);
  if (!same) others.byDetail.set(detail, node);
  return same;
}

function mergeNodes(draft: Draft, graph: Graph): number {
  const id = numbering();
  const seen: Seen = new Map();
  const isRepeatable = repeatable(draft.model);
  let merged = 0;
  for (const node of orderedNodes(graph)) {
    if (random.has(opKey(node)) || node.inputs.length === 0 || subgraphs(node).length > 0 || !draft.selects(node)) continue;
    const same = likeBefore(node, seen, id);
    if (!same || !isRepeatable(node)) continue;
    if (!node.outputs.every((value, i) => !value || canReplace(value, same.outputs[i]!))) {
      draft.skip(node, 'simplify/carries-output', `the same as another ${node.opType}, but it gives a graph output its name`);
      continue;
    }
    for (const [i, value] of node.outputs.entries()) if (value) edit.replaceValue(value, same.outputs[i]!);
    edit.removeNode(node);
    draft.change(node, `removed: the same as another ${node.opType}`);
    merged++;
  }
  return merged;
}

/** Merges nodes of the same operator, inputs and attributes, in every graph. Nodes that draw random numbers (or may: operators without facts, functions that have either inside) and nodes with subgraphs stay. */
export const mergeDuplicates: Pass = async (draft, work) => {
  let merged = 0;
  for (const graph of [...allGraphs(draft.model)]) {
    await checkpoint(work, { phase: 'duplicates', done: merged, unit: 'nodes' });
    merged += mergeNodes(draft, graph);
  }
  return merged;
};

type Words = Uint32Array | Uint8Array;

/** The bytes as 32-bit words, or as bytes where they are no whole words. A view that is not aligned is copied: equal weights must have equal words. */
function wordsOf(t: Exclude<Tensor, { readonly type: 'string' }>): Words {
  const bytes = bytesOf(t);
  if (bytes.length % 4 !== 0) return bytes;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

/** FNV-1a over every `step`th word. */
function hashOf(words: Words, step: number): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < words.length; i += step) {
    a = Math.imul(a ^ words[i]!, 0x01000193);
    b = Math.imul(b ^ words[i]!, 0x85ebca6b) ^ (b >>> 13);
  }
  return `${a}:${b}`;
}

function equalWords(a: Words, b: Words): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const isEqual = (a: Tensor, b: Tensor): boolean =>
  a.type === 'string' || b.type === 'string' ? JSON.stringify(a.data) === JSON.stringify(b.data) : equalWords(wordsOf(a), wordsOf(b));

/** All the same number: zero biases, scales of one. Alike by their beginning, not by what was learned; training may part them. */
function isUniform({ data, dims }: Tensor): boolean {
  if (dims.length === 0 || data.length < 2) return false;
  const first = data[0];
  for (let i = 1; i < data.length; i++) if (data[i] !== first) return false;
  return true;
}

const isDense = (constant: Constant | undefined): constant is Weight => constant !== undefined && constant.type !== 'sparse' && constant.type !== 'opaque';

const read = async (weight: Weight, work: LongWork): Promise<Tensor> => (isLazy(weight) ? materialize(weight, work) : weight);

/** About so many words tell a weight from most others. */
const sampled = 256;

/** What a weight that was read is known by. */
interface Mark {
  /** Of words all over it. */
  readonly sample: string;
  /** Of every word: at once for a weight that would have to be read again, else when another has the same sample. */
  whole?: string;
}
function markFrom(t: Tensor, again: boolean): Mark {
  if (t.type === 'string') {
    const sample = JSON.stringify(t.data);
    return { sample, whole: sample };
  }
  const words = wordsOf(t);
  const sample = hashOf(words, Math.ceil(words.length / sampled) || 1);
  return again ? { sample, whole: hashOf(words, 1) } : { sample };
}

/** None for a weight of a single repeated number. A weight never changes, so it is read once. */
const known = new WeakMap<Weight, Mark | undefined>();
async function markOf(weight: Weight, work: LongWork): Promise<Mark | undefined> {
  if (!known.has(weight)) {
    const tensor = await read(weight, work);
    known.set(weight, constantBytes(weight) >= 64 && isUniform(tensor) ? undefined : markFrom(tensor, isLazy(weight)));
  }
  return known.get(weight);
}
const wholeOf = async (weight: Weight, mark: Mark, work: LongWork): Promise<string> => {
  mark.whole ??= markFrom(await read(weight, work), true).whole!;
  return mark.whole;
};

/** The values in groups of those that `keyOf` gives the same key; groups of one, and values without a key, are left out. */
function alike(values: Iterable<Value>, keyOf: (value: Value) => string | undefined): Value[][] {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = key === undefined ? undefined : groups.get(key);
    if (group) group.push(value);
    else if (key !== undefined) groups.set(key, [value]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

const few = 4;
async function firstEqual(weight: Weight, values: readonly Value[], work: LongWork): Promise<Value | undefined> {
  for (const value of values) {
    const other = value.initializer as Weight;
    if (other === weight || isEqual(await read(weight, work), await read(other, work))) return value;
  }
  return undefined;
}

async function mergeWeights(draft: Draft, graph: Graph, work: LongWork): Promise<number> {
  const inputs = new Set(graph.inputs);
  const sameForm = alike(graph.initializers, (value) =>
    !isDense(value.initializer) || inputs.has(value) || edit.outputCount(value) > 0 || value.quantization
      ? undefined
      : `${value.initializer.type}[${value.initializer.dims.join()}]`,
  );
  let merged = 0;
  const marks = new Map<Value, Mark | undefined>();
  for (const part of inParts(sameForm.flat())) {
    const found = await Promise.all(part.map((value) => markOf(value.initializer as Weight, work)));
    for (const [i, value] of part.entries()) marks.set(value, found[i]);
  }
  for (const group of sameForm.flatMap((values) => alike(values, (value) => marks.get(value)?.sample))) {
    const others = new Map<string, Value[]>();
    for (const value of group) {
      await checkpoint(work, { phase: 'duplicate weights', done: merged, unit: 'weights', item: value.name });
      const weight = value.initializer as Weight;
      // A few are compared with each other; of many, those that are alike in every word.
      const hash = group.length > few ? await wholeOf(weight, marks.get(value)!, work) : '';
      const before = others.get(hash) ?? [];
      others.set(hash, before);
      const same = await firstEqual(weight, before, work);
      if (!same) {
        before.push(value);
        continue;
      }
      edit.replaceUses(value, same);
      edit.removeValue(value);
      draft.change({ node: value.name, opType: 'initializer' }, `removed: the same as '${same.name}'`);
      merged++;
    }
  }
  return merged;
}

/** Merges initializers of the same type, extents and bytes, in every graph; ones of a single repeated number stay apart. Reads the weights that have another of their extents, a few MiB at a time. */
export const mergeEqualWeights: Pass = async (draft, work) => {
  let merged = 0;
  for (const graph of [...allGraphs(draft.model)]) merged += await mergeWeights(draft, graph, work);
  return merged;
};
