// Calls of model-local functions, and branches of If that are known, in place: the nodes of the body where the node was.

import { fail } from '../errors';
import { schemaOf } from '../schema';
import { removeFunction } from './edit/graph';
import { setOpset } from './edit/model';
import { removeNode } from './edit/node';
import { replaceValue } from './edit/replace';
import type { Attribute, Graph, Model, ModelFunction, Node, Value } from './model';
import { functionKey, keyOf, opKey } from './names';
import { pasteGraph } from './paste';
import { requireModel } from './require-model';
import { allNodes, nestedGraphs } from './walk';

const functionOf = (node: Node): ModelFunction | undefined => node.graph.model.functions.get(functionKey(node.domain, node.opType, node.overload));
const at = (node: Node): { node: string; opType: string } => ({ node: keyOf(node), opType: opKey(node) });

/** Throws `opset-differs` where the body's operators mean something else at the opsets of the graph it goes to; imports domains that are missing there. */
function matchOpsets(fn: ModelFunction, call: Node): void {
  const { opsets, model } = call.graph;
  for (const graph of nestedGraphs(fn))
    for (const node of graph.nodes) {
      const domain = node.domain === 'ai.onnx' ? '' : node.domain;
      const [inside, outside] = [fn.opsets.get(domain), opsets.get(domain)];
      if (inside === undefined || inside === outside) continue;
      if (outside === undefined) {
        if (opsets === model.opsets) setOpset(model, domain, inside);
        else (opsets as Map<string, number>).set(domain, inside);
      } else if (schemaOf(opKey(node), inside)?.since !== schemaOf(opKey(node), outside)?.since)
        throw fail(
          'opset-differs',
          { where: at(call), expected: `${domain || 'ai.onnx'} ${inside}`, actual: outside },
          `${opKey(node)} differs between the opsets of the function and of the graph`,
        );
    }
}

function putOutputs(node: Node, results: readonly (Value | undefined)[]): void {
  node.outputs.forEach((output, i) => {
    const by = results[i];
    if (output && by) replaceValue(output, by);
  });
  removeNode(node);
}

/**
 * Puts the body of a function in the place of a call. Names inside get the call's name in front; the call's outputs keep theirs where they are graph outputs.
 * Throws `no-function`, `opset-differs`.
 */
export function inlineFunction(call: Node): void {
  const fn = functionOf(call);
  if (!fn) throw fail('no-function', { where: at(call) });
  matchOpsets(fn, call);
  const values = new Map<Value, Value | undefined>(fn.inputs.map((input, i) => [input, call.inputs[i]]));
  const attribute = (name: string): Attribute | undefined => call.attributes.get(name) ?? fn.attributes.get(name);
  putOutputs(call, pasteGraph(fn, call.graph, { values, attribute, prefix: `${call.name || call.opType}/` }).outputs);
}

/** Inlines every call of every function, and removes the functions. Returns how many calls there were. Throws `recursion`, `opset-differs`. */
export function inlineFunctions(model: Model): number {
  requireModel(model);
  refuseRecursion(model);
  let calls = 0;
  for (let found = true; found; ) {
    found = false;
    for (const node of allNodes(model))
      if (!('overload' in rootOf(node.graph)) && functionOf(node)) {
        inlineFunction(node);
        calls++;
        found = true;
      }
  }
  // Callers first: a function may call another.
  for (let left = [...model.functions.values()]; left.length > 0; ) {
    const called = new Set<ModelFunction>();
    for (const fn of left) for (const graph of nestedGraphs(fn)) for (const node of graph.nodes) if (functionOf(node)) called.add(functionOf(node)!);
    for (const fn of left) if (!called.has(fn)) removeFunction(fn);
    left = left.filter((fn) => called.has(fn));
  }
  return calls;
}

const rootOf = (graph: Graph): Graph => {
  let g = graph;
  while (g.parent) g = g.parent.graph;
  return g;
};

function refuseRecursion(model: Model): void {
  const state = new Map<ModelFunction, 'open' | 'done'>();
  const visit = (fn: ModelFunction): void => {
    if (state.get(fn) === 'open') throw fail('recursion', { where: { graph: functionKey(fn.domain, fn.name, fn.overload) } });
    if (state.has(fn)) return;
    state.set(fn, 'open');
    for (const graph of nestedGraphs(fn))
      for (const node of graph.nodes) {
        const called = functionOf(node);
        if (called) visit(called);
      }
    state.set(fn, 'done');
  };
  for (const fn of model.functions.values()) visit(fn);
}

/** Puts a branch in the place of its If: `takesThen` says which. Returns the copy of each node of the branch. Throws `no-function` for a node that is no If with that branch. */
export function inlineBranch(node: Node, takesThen: boolean): ReadonlyMap<Node, Node> {
  const attribute = node.attributes.get(takesThen ? 'then_branch' : 'else_branch');
  if (opKey(node) !== 'If' || attribute?.kind !== 'graph') throw fail('no-function', { where: at(node) }, 'the node has no such branch');
  const { outputs, nodes } = pasteGraph(attribute.value, node.graph, { prefix: `${node.name || node.opType}/` });
  // An output of a branch that is an outer value, or a constant, still needs a node to make it where it is a graph output: replaceValue sees to that.
  putOutputs(node, outputs);
  return nodes;
}
