// Shape and type inference over a whole model: producers first, subgraphs and function bodies in place, small integer tensors followed by value.
import {
  type Attribute,
  constantOfNode,
  type Dim,
  functionKey,
  type Graph,
  keyOf,
  type Model,
  type ModelFunction,
  type Node,
  opKey,
  orderedNodes,
  requireModel,
  type Skip,
  subgraphs,
  type Value,
  type ValueType,
} from '@modeldiet/onnx-io';
import { bindDim, normalizeDim, unknown } from '../dims';
import type { Elements, InferBody, OpTable, Shapes } from '../facts';
import { table } from '../table';
import { checkDims, freshFor, mapDims } from './extents';
import { keep, recall, type ShapeMemory } from './memory';
import { mergeTypes } from './merge';
import { tensor } from './rule';
import { makeState, type State, typeOfConstant, worthwhile } from './state';

export interface InferOptions {
  /** Numbers for symbols: `{ batch: 1, seq: 128 }`. A name that no declared shape uses is `ops/unknown-dim`. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Facts to use instead of {@link table}: `{ ...table, 'my.domain:MyOp': { shape, tolerance } }`. */
  readonly ops?: OpTable;
  /** What an earlier inference of this very model found, from {@link shapeMemory}: only what edits have changed since is inferred again. `dims` and `ops` must be the same each time. */
  readonly memory?: ShapeMemory;
}

interface Engine {
  readonly model: Model;
  readonly ops: OpTable;
  readonly bound: Readonly<Record<string, number>>;
  readonly fresh: () => string;
  /** By node, in functions (whose nodes are filled in anew for each call) by address, so that a body inferred twice reports once; deleted when a later round resolves it. */
  readonly open: Map<Node | string, Skip>;
  /** What all calls of a function agree on. */
  readonly inFunctions: Map<Value, ValueType | undefined>;
  readonly calls: readonly string[];
  readonly path: string;
  readonly onNode?: NodeVisitor;
  readonly memory?: ShapeMemory;
}

/** Called after a node is inferred, with the shapes of its scope; `path` names the calls around it. A loop's body is visited in every round: the last counts. */
export type NodeVisitor = (node: Node, shapes: Shapes, path: string) => void;

type CallAttributes = ReadonlyMap<string, Attribute | undefined>;

/** The node with references to the call's attributes filled in. */
function withAttributes(node: Node, call: CallAttributes | undefined): Node {
  if (!call || ![...node.attributes.values()].some(({ kind }) => kind === 'ref')) return node;
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const given = attribute.kind === 'ref' ? call.get(attribute.value.name) : attribute;
    if (given) attributes.set(name, given);
  }
  return { ...node, attributes };
}

const declaredDim =
  (bound: Readonly<Record<string, number>>) =>
  (dim: Dim): Dim =>
    typeof dim === 'number' ? dim : bindDim(dim, bound);

/** Fills what the rule left open from what the file says: the type, the rank, an extent that the file has as a number. */
function withHint(type: ValueType | undefined, hint: ValueType | undefined): ValueType | undefined {
  if (!type || (type.kind === 'opaque' && hint)) return hint;
  if (!hint || hint.kind !== type.kind) return type;
  if (type.kind === 'tensor' && hint.kind === 'tensor') {
    const shape =
      !type.shape || type.shape.length !== hint.shape?.length
        ? (type.shape ?? hint.shape)
        : type.shape.map((dim, i) => (dim === unknown && typeof hint.shape![i] === 'number' ? hint.shape![i]! : dim));
    return tensor(type.dtype ?? hint.dtype, shape);
  }
  if ('element' in type && 'element' in hint) return { ...type, element: withHint(type.element, hint.element) ?? type.element };
  return type;
}

/** A tensor of which nothing is open. */
const isKnown = (type: ValueType | undefined): boolean => type?.kind === 'tensor' && type.dtype !== undefined && type.shape?.includes(unknown) === false;

const isComplete = (type: ValueType | undefined): boolean =>
  type?.kind === 'tensor' || type?.kind === 'sparse' ? type.shape !== undefined && type.dtype !== undefined : type !== undefined;

const isExtent = (dim: Dim | undefined): boolean => typeof dim === 'string' || (dim !== undefined && Number.isSafeInteger(dim) && dim >= 0);
/** What a malformed node makes of its numbers (a negative extent, a fraction, an axis that is not there) is not known. */
const sensible = (type: ValueType | undefined): ValueType | undefined =>
  type?.kind === 'tensor' && type.shape?.every(isExtent) === false ? { ...type, shape: type.shape.map((dim) => (isExtent(dim) ? dim : unknown)) } : type;

function setType(engine: Engine, state: State, value: Value, type: ValueType | undefined): void {
  // What is complete needs no hint.
  const hint = value.type && !isKnown(type) ? mapDims(value.type, declaredDim(engine.bound)) : undefined;
  const filled = withHint(sensible(type), hint);
  if (filled)
    state.types.set(
      value,
      mapDims(filled, (dim) => (dim === unknown ? engine.fresh() : normalizeDim(dim))),
    );
  else state.types.delete(value);
}

/** A graph input is what the file says; with a memory the same object as before, so that what follows from it is known to be the same. */
function declare(engine: Engine, state: State, value: Value): void {
  const before = engine.memory?.declared.get(value);
  if (!before || before.type !== value.type) setType(engine, state, value, undefined);
  else if (before.result) state.types.set(value, before.result);
  else state.types.delete(value);
  engine.memory?.declared.set(value, { type: value.type, result: state.types.get(value) });
}

/** A body's inputs take the given types (else the declared ones); then its nodes are inferred. */
function inferGraph(engine: Engine, state: State, graph: Graph, call?: CallAttributes): void {
  for (const value of graph.initializers) state.types.set(value, typeOfConstant(value.initializer!));
  for (const node of orderedNodes(graph)) inferNode(engine, state, withAttributes(node, call), call);
}

function inferNode(engine: Engine, state: State, node: Node, call?: CallAttributes): void {
  const constant = constantOfNode(node);
  const output = node.outputs[0];
  if (constant && output) {
    state.types.set(output, typeOfConstant(constant));
    if ('data' in constant) state.tensors.set(output, constant);
    return;
  }
  const infer: InferBody = (body, inputs, elements) => {
    body.inputs.forEach((value, i) => {
      setType(engine, state, value, inputs[i] ?? undefined);
      state.known.set(value, elements?.[i]);
    });
    inferGraph(engine, state, body, call);
    return body.outputs.map((value) => state.of(value));
  };
  const memory = call || subgraphs(node).length > 0 || isCall(engine.model, node) ? undefined : engine.memory;
  const remembered =
    memory &&
    recall(memory, node, state, (skip) => {
      if (skip) engine.open.set(node, skip);
    });
  if (remembered) return;
  const { types, values, reason } = outputsOf(engine, state, node, infer);
  node.outputs.forEach((value, i) => {
    if (value) setType(engine, state, value, types[i]);
  });
  const elements = values();
  node.outputs.forEach((value, i) => {
    if (value) state.known.set(value, worthwhile(elements[i]));
  });
  const lost = node.outputs.find((value) => value && !isComplete(state.of(value)));
  const skip: Skip | undefined = lost && {
    node: keyOf(node),
    opType: opKey(node),
    code: reason?.code ?? 'ops/unknown-rank',
    reason: reason?.text ?? `nothing fixes the type or rank of '${lost.name}'`,
  };
  if (skip) engine.open.set(call ? skip.node : node, skip);
  else if (engine.open.size > 0) engine.open.delete(call ? keyOf(node) : node);
  if (memory) keep(memory, node, state, skip);
  engine.onNode?.(node, state, engine.path);
}

interface Outcome {
  readonly types: readonly (ValueType | undefined)[];
  readonly values: () => readonly (Elements | undefined)[];
  readonly reason?: { readonly code: string; readonly text: string };
}
const nothing: Outcome = { types: [], values: () => [] };

const isCall = ({ functions }: Model, { domain, opType, overload }: Node): boolean =>
  functions.size > 0 && functions.has(functionKey(domain, opType, overload));

function outputsOf(engine: Engine, state: State, node: Node, infer: InferBody): Outcome {
  const key = opKey(node);
  const body = engine.model.functions.get(functionKey(node.domain, node.opType, node.overload));
  if (body) return callFunction(engine, state, node, body);
  const facts = engine.ops[key];
  if (!facts) return { ...nothing, reason: { code: 'ops/unknown-op', text: `no facts about ${key}` } };
  try {
    return { types: facts.shape(node, state, infer), values: () => facts.values?.(node, state) ?? [] };
  } catch (error) {
    return {
      ...nothing,
      reason: { code: 'ops/malformed-node', text: `the node does not fit its op: ${error instanceof Error ? error.message : String(error)}` },
    };
  }
}

/** A call: the body inferred in a scope of its own. */
function callFunction(engine: Engine, state: State, node: Node, body: ModelFunction): Outcome {
  const key = functionKey(body.domain, body.name, body.overload);
  if (engine.calls.includes(key)) return { ...nothing, reason: { code: 'ops/recursive-function', text: `the function ${key} calls itself` } };
  const inside: Engine = { ...engine, calls: [...engine.calls, key], path: `${engine.path}${keyOf(node)}/` };
  const scope = makeState(state.unresolved, (value) => value.type);
  body.inputs.forEach((value, i) => {
    const given = node.inputs[i];
    const type = given && state.of(given);
    if (type) scope.types.set(value, type);
    scope.known.set(value, given && state.elements(given));
    const constant = given && state.constant(given);
    if (constant) scope.tensors.set(value, constant);
  });
  const call = new Map([...body.attributes, ...node.attributes]);
  inferGraph(inside, scope, body, call);
  for (const [value, type] of scope.types) {
    const before = engine.inFunctions;
    before.set(value, before.has(value) ? mergeTypes(before.get(value), type) : type);
  }
  return { types: body.outputs.map((value) => scope.of(value)), values: () => body.outputs.map((value) => scope.elements(value)) };
}

/**
 * The type and shape of every value of a model: symbolic extents as expressions ('2*seq+1'), small integer tensors followed through Shape, Gather, Concat and arithmetic,
 * subgraphs and functions included. What the file declares for a value counts only where nothing can be inferred. Never stops for an op without facts:
 * its outputs are unknown and {@link Shapes.unresolved} names it.
 *
 * Throws `ops/unknown-dim` and `ops/bad-dim` for the `dims` option, `onnx-io/cycle` for a graph with a cycle.
 *
 * ```ts
 * const shapes = inferShapes(model, { dims: { batch: 1 } });
 * for (const output of model.graph.outputs) console.log(output.name, shapes.of(output));
 * ```
 */
export const inferShapes = (model: Model, options: InferOptions = {}): Shapes => visitShapes(model, { ops: table, ...options });

/** {@link inferShapes} with the table given, so that a caller bundles no other; it shows every node to `onNode` on the way. */
export function visitShapes(model: Model, options: InferOptions & { readonly ops: OpTable }, onNode?: NodeVisitor): Shapes {
  requireModel(model);
  const bound = options.dims ?? {};
  checkDims(model, bound);
  const engine: Engine = {
    model,
    ops: options.ops,
    bound,
    fresh: freshFor(model, options.memory),
    open: new Map(),
    inFunctions: new Map(),
    calls: [],
    path: '',
    ...(onNode && { onNode }),
    ...(options.memory && { memory: options.memory }),
  };
  const hint = (value: Value): ValueType | undefined => value.type && mapDims(value.type, declaredDim(bound));
  const main = makeState([], hint);
  const roots = [model.graph, ...model.training.flatMap(({ initialization, algorithm }) => [initialization, algorithm].filter((graph) => graph !== undefined))];
  for (const root of roots) {
    for (const value of root.inputs) declare(engine, main, value);
    inferGraph(engine, main, root);
  }
  // A function that nothing calls is inferred on unknown inputs.
  for (const fn of model.functions.values())
    if (!fn.inputs.some((value) => engine.inFunctions.has(value))) {
      const scope = makeState([], hint);
      inferGraph({ ...engine, open: new Map(), onNode: undefined, calls: [functionKey(fn.domain, fn.name, fn.overload)] }, scope, fn, fn.attributes);
      for (const [value, type] of scope.types) engine.inFunctions.set(value, type);
    }
  return {
    of: (value) => main.types.get(value) ?? engine.inFunctions.get(value) ?? main.of(value),
    constant: (value) => main.constant(value),
    elements: (value) => main.elements(value),
    unresolved: [...engine.open.values()],
  };
}
