// GraphProto and FunctionProto -> Graph: names become objects. Every value of a graph is made first, then its nodes, so that order in the file does not matter.
import { isModelDietError } from '@modeldiet/numfmt';
import { fail } from '../errors';
import { adoptNode, kept, makeGraph, makeValue, noAttributes, writable } from '../ir/make';
import type { Attribute, Extra, Graph, Model, Node, Value, ValueType } from '../ir/model';
import { orderedNodes } from '../ir/order';
import { type FunctionProto, type GraphProto, type NodeProto, rawField, type ValueInfoProto } from '../wire/codec';
import { attributeFrom, whole } from './attribute';
import type { Subgraph } from './attribute-rows';
import { extraFrom, presentBits } from './extra';
import { keptOf } from './kept';
import { sparseFrom } from './sparse';
import { type TensorContext, tensorFrom } from './tensor-from';
import { type FreshDim, typeFrom } from './value-type';

export interface LoadContext extends TensorContext {
  readonly lenient: boolean;
  readonly fresh: FreshDim;
  /** Called for every node. Throws `onnx-io/over-limit`. */
  countNode(): void;
}

/** The values a graph can see by name. */
export interface Scope {
  readonly graph: Graph;
  readonly outer?: Scope;
  /** True where an inner scope may define a name of this one again: a training step beside the model's graph. */
  readonly open?: boolean;
  readonly names: Map<string, Value>;
  readonly inputs: ReadonlySet<Value>;
  /** Set when a node reads a value whose node comes later: the order of the file is not one, so it has to be looked for. */
  unordered?: boolean;
  /** In a lenient load: the definition that holds at the node being built, for names that are defined more than once. */
  readonly latest: Map<string, Value>;
}

export const nodePresent = ['name', 'opType', 'domain', 'overload'] as const;
export const graphPresent = ['name'] as const;

const lookUp = (scope: Scope | undefined, name: string): Value | undefined => {
  for (let s = scope; s; s = s.outer) {
    const value = (s.latest.size ? s.latest.get(name) : undefined) ?? s.names.get(name);
    if (!value) continue;
    if (!value.producer && !value.initializer && !s.inputs.has(value)) s.unordered = true;
    return value;
  }
  return undefined;
};

const visibleAbove = (scope: Scope | undefined, name: string): boolean => {
  for (let s = scope; s && !s.open; s = s.outer) if (s.names.has(name)) return true;
  return false;
};

/** What a GraphProto and a FunctionProto have in common. */
export interface GraphLike extends Omit<GraphProto, 'input' | 'output' | 'name'> {
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

export const graphLike = (message: GraphProto): GraphLike => ({ ...message, input: message.input ?? [], output: message.output ?? [] });
export const functionLike = (message: FunctionProto): GraphLike => ({
  node: message.node,
  valueInfo: message.valueInfo,
  input: (message.input ?? []).map((name) => ({ name })),
  output: (message.output ?? []).map((name) => ({ name })),
});

/** A subgraph, or the graph of a model or a training step. */
export function graphFrom(model: Model, message: GraphProto, outer: Scope | undefined, context: LoadContext): { graph: Graph; scope: Scope } {
  const graph = makeGraph(model, { ...extraFrom(message, 16), name: message.name, ...(outer && { opsets: outer.graph.opsets }) });
  return { graph, scope: fillGraph(graph, graphLike(message), outer, context, presentBits(message, graphPresent)) };
}

/** Fills an empty graph; returns the names it defines. Throws `onnx-io/duplicate-name`, `missing-value`, `cycle` unless lenient. */
export function fillGraph(graph: Graph, message: GraphLike, outer: Scope | undefined, context: LoadContext, present = 0): Scope {
  const g = writable(graph);
  const inputs = new Set<Value>();
  const scope: Scope = { graph, inputs, names: new Map(), latest: new Map(), ...(outer && { outer }) };
  const twice = new Set<string>();
  const define = (value: Value): Value => {
    const { name } = value;
    if (scope.names.has(name)) {
      if (!context.lenient) throw fail('duplicate-name', { where: { file: context.source.name, graph: graph.name, value: name } });
      twice.add(name);
    } else {
      if (!context.lenient && visibleAbove(outer, name))
        throw fail(
          'duplicate-name',
          { where: { file: context.source.name, graph: graph.name, value: name } },
          'a subgraph defines a name of the graph around it',
        );
      scope.names.set(name, value);
    }
    return value;
  };

  const infos = new Map<string, ValueInfoProto>();
  // The first one speaks for the value; keptOf keeps what the others say.
  for (const list of [message.output, message.valueInfo ?? []]) for (const info of list) if (info.name && !infos.has(info.name)) infos.set(info.name, info);
  const infoFrom = (info: ValueInfoProto | undefined): Partial<Extra> & { type?: ValueType } => {
    if (!info) return nothingSaid;
    const { doc, metadata, unknown } = extraFrom(info, 4);
    return { type: info.type ? typeFrom(info.type, context.fresh) : undefined, doc, metadata, unknown };
  };

  for (const info of message.input) {
    const value = define(makeValue(graph, info.name ?? '', infoFrom(info)));
    g.inputs.push(value);
    inputs.add(value);
  }
  const inputNames = new Map(scope.names);
  const initialize = (name: string, { constant, storage }: ReturnType<typeof tensorFrom> | ReturnType<typeof sparseFrom>): void => {
    const type: ValueType =
      constant.type === 'sparse'
        ? { kind: 'sparse', dtype: constant.values.type, shape: constant.dims }
        : { kind: 'tensor', ...(constant.type !== 'opaque' && { dtype: constant.type }), shape: constant.dims };
    const input = inputNames.get(name);
    if (input && !input.initializer) Object.assign(writable(input), { initializer: constant, storage });
    if (input?.initializer === constant) {
      g.initializers.add(input);
      return;
    }
    const info = infos.get(name);
    const value = define(makeValue(graph, name, info ? { type, ...infoFrom(info) } : { type }));
    const v = writable(value);
    v.initializer = constant as typeof v.initializer;
    v.storage = storage;
    g.initializers.add(value);
  };
  for (const tensor of message.initializer ?? []) initialize(tensor.name ?? '', tensorFrom(tensor, context));
  for (const tensor of message.sparseInitializer ?? []) initialize(tensor.values?.name ?? '', sparseFrom(tensor, context));

  const nodes = message.node ?? [];
  const outputs = nodes.map((node) => (node.output ?? []).map((name) => (name === '' ? undefined : define(makeValue(graph, name, infoFrom(infos.get(name)))))));
  nodes.forEach((node, i) => {
    nodeFrom(node, outputs[i]!, scope, context);
    if (twice.size) for (const value of outputs[i]!) if (value && twice.has(value.name)) scope.latest.set(value.name, value);
  });
  for (const info of message.output) g.outputs.push(resolve(info.name ?? '', scope, context, infoFrom(info)));
  if (scope.unordered && !context.lenient) refuseCycle(graph, context.source.name);
  Object.assign(graph, { [kept]: keptOf(graph, message, scope.names, present) });
  return scope;
}

function refuseCycle(graph: Graph, file: string | undefined): void {
  try {
    orderedNodes(graph);
  } catch (error) {
    throw isModelDietError(error) ? fail('cycle', { where: { ...error.where, file } }) : error;
  }
}

/** The value of that name. One that nothing defines is an error, or in a lenient load a value without producer. */
function resolve(name: string, scope: Scope, { lenient, source }: LoadContext, more = {}, node?: NodeProto): Value {
  const value = lookUp(scope, name);
  if (value) return value;
  if (!lenient)
    throw fail('missing-value', { where: { file: source.name, graph: scope.graph.name, ...(node && { node: node.name, opType: node.opType }), value: name } });
  const made = makeValue(scope.graph, name, more);
  scope.names.set(name, made);
  return made;
}

const nothingSaid: Partial<Extra> & { type?: ValueType } = {};

interface NodeAttributes {
  readonly attributes: Map<string, Attribute>;
  /** The subgraphs of the node. */
  readonly owned: readonly Graph[];
  /** In a lenient load: attributes that come again, as they came. */
  readonly odd: readonly Uint8Array[];
}
const noneOwned: NodeAttributes = { attributes: noAttributes, owned: [], odd: [] };

function attributesFrom(message: NodeProto, scope: Scope, context: LoadContext): NodeAttributes {
  const { graph } = scope;
  const attributes = new Map<string, Attribute>();
  const owned: Graph[] = [];
  const odd: Uint8Array[] = [];
  const subgraph: Subgraph = (proto) => {
    const { graph: made } = graphFrom(graph.model, proto, scope, context);
    owned.push(made);
    return made;
  };
  for (const attribute of message.attribute!) {
    const name = attribute.name ?? '';
    if (!attributes.has(name)) attributes.set(name, attributeFrom(attribute, context, subgraph));
    else if (context.lenient) odd.push(rawField(5, whole(attribute, context)));
    else {
      const where = { file: context.source.name, graph: graph.name, node: message.name, opType: message.opType };
      throw fail('duplicate-name', { where }, `the attribute '${name}' is there twice`);
    }
  }
  return { attributes, owned, odd };
}

/** {@link presentBits} of {@link nodePresent}, without a look-up by name: there are many nodes. */
const presentInNode = ({ name, opType, domain, overload }: NodeProto): number =>
  (name === '' ? 1 : 0) | (opType === '' ? 2 : 0) | (domain === '' ? 4 : 0) | (overload === '' ? 8 : 0);

function nodeFrom(message: NodeProto, outputs: (Value | undefined)[], scope: Scope, context: LoadContext): void {
  const { graph } = scope;
  context.countNode();
  const { attributes, owned, odd } = message.attribute?.length ? attributesFrom(message, scope, context) : noneOwned;
  const extra = extraFrom(message, 9);
  // map gives an array of exactly that length; one that grows by push keeps room for 17.
  const inputs = (message.input ?? []).map((name) => (name === '' ? undefined : resolve(name, scope, context, {}, message)));
  const node: Node = adoptNode(graph, {
    doc: extra.doc,
    metadata: extra.metadata,
    unknown: odd.length ? [...odd, ...extra.unknown] : extra.unknown,
    opType: message.opType ?? '',
    domain: message.domain ?? '',
    overload: message.overload ?? '',
    name: message.name ?? '',
    inputs,
    outputs,
    attributes,
    [kept]: presentInNode(message),
  });
  for (const sub of owned) writable(sub).parent = node;
}
