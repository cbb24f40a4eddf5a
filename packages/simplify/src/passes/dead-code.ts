// What nothing reads goes: nodes, initializers, functions. Graph inputs and outputs stay.
import {
  allGraphs,
  type Draft,
  edit,
  functionKey,
  type Graph,
  type Model,
  type Node,
  nestedGraphs,
  type Pass,
  subgraphs,
  type Value,
} from '@modeldiet/onnx-io';
import { checkpoint } from '@modeldiet/tensor';

const isDead = (node: Node): boolean =>
  node.outputs.some(Boolean) && node.outputs.every((value) => !value || (value.uses.size === 0 && edit.outputCount(value) === 0));

/** Who made what `node` reads, its subgraphs included. */
function* sources(node: Node): Generator<Node> {
  const of = function* (graph: Graph): Generator<Node> {
    for (const value of graph.outputs) if (value.producer) yield value.producer;
  };
  for (const value of node.inputs) if (value?.producer) yield value.producer;
  for (const sub of subgraphs(node))
    for (const graph of nestedGraphs(sub)) {
      yield* of(graph);
      for (const inner of graph.nodes) for (const value of inner.inputs) if (value?.producer) yield value.producer;
    }
}

function removeDeadNodes(draft: Draft): number {
  const work: Node[] = [];
  for (const graph of allGraphs(draft.model)) for (const node of graph.nodes) if (isDead(node)) work.push(node);
  let removed = 0;
  while (work.length > 0) {
    const node = work.pop()!;
    if (!node.graph.nodes.has(node) || !isDead(node) || !draft.selects(node)) continue;
    const made = [...sources(node)];
    edit.removeNode(node);
    draft.change(node, 'removed: nothing reads it');
    removed++;
    for (const source of made) if (isDead(source)) work.push(source);
  }
  return removed;
}

/** Values that are read though no node reads them: quantization parameters of live values, and what training writes to by name. */
function keptValues(model: Model): { has(value: Value): boolean } {
  const names = new Set(model.training.flatMap(({ initializationBinding, updateBinding }) => [...initializationBinding.keys(), ...updateBinding.keys()]));
  const parameters = new Set<Value>();
  for (const graph of allGraphs(model)) {
    const note = (value: Value | undefined): void => {
      if (value?.quantization) for (const parameter of value.quantization.values()) parameters.add(parameter);
    };
    graph.inputs.forEach(note);
    graph.initializers.forEach(note);
    for (const node of graph.nodes) node.outputs.forEach(note);
  }
  return { has: (value) => parameters.has(value) || names.has(value.name) };
}

function removeDeadInitializers(draft: Draft): number {
  const kept = keptValues(draft.model);
  let removed = 0;
  for (const graph of allGraphs(draft.model)) {
    const inputs = new Set(graph.inputs);
    for (const value of [...graph.initializers]) {
      if (value.uses.size > 0 || inputs.has(value) || edit.outputCount(value) > 0 || kept.has(value)) continue;
      edit.removeValue(value);
      draft.change({ node: value.name, opType: 'initializer' }, 'removed: nothing reads it');
      removed++;
    }
  }
  return removed;
}

function removeDeadFunctions(draft: Draft): number {
  const { model } = draft;
  let removed = 0;
  for (let found = true; found; ) {
    found = false;
    const called = new Set<string>();
    for (const graph of allGraphs(model)) for (const node of graph.nodes) called.add(functionKey(node.domain, node.opType, node.overload));
    for (const [key, fn] of model.functions) {
      if (called.has(key)) continue;
      edit.removeFunction(fn);
      draft.change({ node: `fn:${key}`, opType: 'function' }, 'removed: nothing calls it');
      removed++;
      found = true;
    }
  }
  return removed;
}

/** Removes nodes, initializers and functions that nothing reads, in every graph. A chain goes as a whole, in linear time. */
export const removeDeadCode: Pass = async (draft, work) => {
  await checkpoint(work, { phase: 'dead code', done: 0, unit: 'nodes' });
  return removeDeadNodes(draft) + removeDeadInitializers(draft) + removeDeadFunctions(draft);
};
