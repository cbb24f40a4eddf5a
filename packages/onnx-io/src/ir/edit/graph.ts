// Graphs and functions: outputs, subgraphs before they have an owner, functions of the model.
import { fail } from '../../errors';
import { link, linked, makeFunction, makeGraph, writable } from '../make';
import type { Attribute, Graph, Model, ModelFunction, Value } from '../model';
import { functionKey } from '../names';
import { clearPending, isPending, setPending } from '../pending';
import { allNodes } from '../walk';
import { checkVisible, forgetGraph, touch, writeOutputs } from './scope';

/** Makes `value` the last graph output. */
export function addOutput(graph: Graph, value: Value): void {
  checkVisible(graph, value);
  touch(graph.model);
  writeOutputs(graph, [...graph.outputs, value]);
}

/** Replaces the list of graph outputs. */
export function setOutputs(graph: Graph, values: readonly Value[]): void {
  for (const value of values) checkVisible(graph, value);
  touch(graph.model);
  writeOutputs(graph, values);
}

/** Puts the graph inputs in another order; the same values, no more and no less: `addInput` and `removeValue` add and remove. */
export function orderInputs(graph: Graph, values: readonly Value[]): void {
  const wanted = new Set(values);
  if (wanted.size !== graph.inputs.length || values.length !== graph.inputs.length || graph.inputs.some((value) => !wanted.has(value)))
    throw fail('edit-range', { where: { graph: graph.name }, expected: graph.inputs.map(({ name }) => name), actual: values.map(({ name }) => name) });
  touch(graph.model);
  writable(graph).inputs = [...values];
}

export function renameGraph(graph: Graph, name: string): void {
  touch(graph.model);
  writable(graph).name = name;
}

/** An empty subgraph of `outer`, seeing its values at once; give it to a node of `outer` as an attribute, or {@link discardSubgraph} it. */
export function addSubgraph(outer: Graph, name = ''): Graph {
  touch(outer.model);
  const graph = makeGraph(outer.model, { name, opsets: outer.opsets });
  setPending(graph, outer);
  return graph;
}

const dropInputs = (graph: Graph): void => {
  for (const node of graph.nodes)
    node.inputs.forEach((_, index) => {
      link(linked(node), index, undefined);
    });
};

/** Forgets a subgraph that no node owns; what it read is no longer used by it. Throws `wrong-graph` for one that is owned. */
export function discardSubgraph(graph: Graph): void {
  if (!isPending(graph)) throw fail('wrong-graph', { where: { graph: graph.name } }, 'the subgraph has an owner');
  forgetGraph(graph, dropInputs);
  clearPending(graph);
}

export interface NewFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload?: string;
  readonly opsets: ReadonlyMap<string, number>;
  /** undefined: no default. */
  readonly attributes?: Readonly<Record<string, Attribute | undefined>>;
  readonly doc?: string;
}

/** Adds an empty function to the model; a node of its domain and name calls it. Throws `duplicate-name`. */
export function addFunction(model: Model, { domain, name, overload = '', opsets, attributes = {}, doc }: NewFunction): ModelFunction {
  const key = functionKey(domain, name, overload);
  if (model.functions.has(key)) throw fail('duplicate-name', { where: { graph: key } }, 'the model has this function');
  touch(model);
  const fn = makeFunction(model, { domain, name, overload, opsets: new Map(opsets), attributes: new Map(Object.entries(attributes)), doc });
  (model.functions as Map<string, ModelFunction>).set(key, fn);
  return fn;
}

/** Removes a function. Throws `still-used` while a node calls it. */
export function removeFunction(fn: ModelFunction): void {
  const { model, domain, name, overload } = fn;
  for (const node of allNodes(model))
    if (node.domain === domain && node.opType === name && node.overload === overload)
      throw fail('still-used', { where: { graph: functionKey(domain, name, overload), node: node.name } });
  touch(model);
  forgetGraph(fn, dropInputs);
  (model.functions as Map<string, ModelFunction>).delete(functionKey(domain, name, overload));
}
