// Functions: not recursive; calls pass no more than they take; attributes that their nodes refer to are declared.
import type { Model, ModelFunction, Node } from '../ir/model';
import { functionKey, opKey } from '../ir/names';
import { allNodes, nestedGraphs } from '../ir/walk';
import { schemaOf } from '../schema';
import { atGraph, atNode, type Check, error, type Problem } from './problem';

const calledBy = (model: Model, node: Node): ModelFunction | undefined => model.functions.get(functionKey(node.domain, node.opType, node.overload));

function* nodesOf(fn: ModelFunction): Generator<Node> {
  for (const graph of nestedGraphs(fn)) yield* graph.nodes;
}

/** Walks the calls depth first without recursion; a function that is met again while it is open calls itself. */
function* checkRecursion(model: Model): Generator<Problem> {
  const state = new Map<ModelFunction, 'open' | 'done'>();
  const calls = function* (fn: ModelFunction): Generator<ModelFunction> {
    for (const node of nodesOf(fn)) {
      const called = calledBy(model, node);
      if (called) yield called;
    }
  };
  for (const root of model.functions.values()) {
    if (state.has(root)) continue;
    state.set(root, 'open');
    const stack = [{ fn: root, rest: calls(root) }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const { value: next, done } = top.rest.next();
      if (done) {
        state.set(top.fn, 'done');
        stack.pop();
      } else if (state.get(next) === 'open') yield error('recursion', atGraph(next), 'the function calls itself');
      else if (!state.has(next)) {
        state.set(next, 'open');
        stack.push({ fn: next, rest: calls(next) });
      }
    }
  }
}

/** A function may import another version of a domain than the model only where that is the same operator. */
function* checkImports(model: Model, fn: ModelFunction): Generator<Problem> {
  for (const node of nodesOf(fn)) {
    const domain = node.domain === 'ai.onnx' ? '' : node.domain;
    const [own, outer] = [fn.opsets.get(domain), model.opsets.get(domain)];
    if (own === undefined || outer === undefined || own === outer) continue;
    const [inside, outside] = [schemaOf(opKey(node), own), schemaOf(opKey(node), outer)];
    if (inside && inside.since !== outside?.since)
      yield error(
        'function-opset',
        atNode(node),
        `the function imports '${domain || 'ai.onnx'}' ${own}, the model ${outer}, and ${opKey(node)} differs between them`,
      );
  }
}

export const functions: Check = {
  name: 'functions',
  *run(model) {
    yield* checkRecursion(model);
    for (const fn of model.functions.values()) {
      for (const node of nodesOf(fn))
        for (const [name, { kind, value }] of node.attributes)
          if (kind === 'ref' && !fn.attributes.has(value.name))
            yield error('attribute-ref', atNode(node), `the attribute '${name}' refers to '${value.name}', which the function does not declare`);
      yield* checkImports(model, fn);
      if (fn.name === '') yield error('no-name', atGraph(fn), 'a function has no name');
    }
    for (const node of allNodes(model)) {
      const fn = calledBy(model, node);
      if (!fn) continue;
      if (node.inputs.length > fn.inputs.length)
        yield error('input-count', atNode(node), `the function takes ${fn.inputs.length} inputs, the call gives ${node.inputs.length}`);
      if (node.outputs.length > fn.outputs.length)
        yield error('output-count', atNode(node), `the function has ${fn.outputs.length} outputs, the call takes ${node.outputs.length}`);
      for (const [name, initial] of fn.attributes)
        if (!initial && !node.attributes.has(name)) yield error('missing-attribute', atNode(node), `the function needs the attribute '${name}'`);
    }
  },
};
