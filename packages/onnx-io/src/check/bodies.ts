// Bodies of If, Loop and Scan: as many inputs and outputs as their node passes and takes.
import type { Graph, Node } from '../ir/model';
import { opKey } from '../ir/names';
import { allNodes } from '../ir/walk';
import { numberParam } from '../schema/param';
import { atNode, type Check, error, type Problem } from './problem';

const bodyOf = (node: Node, name: string): Graph | undefined => {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'graph' ? attribute.value : undefined;
};
const filled = (values: readonly unknown[]): number => values.findLastIndex((value) => value !== undefined) + 1;

function* expectCount(node: Node, name: string, what: string, expected: number, actual: number): Generator<Problem> {
  if (expected !== actual) yield error('body', atNode(node), `the graph '${name}' has ${actual} ${what}, the node needs ${expected}`);
}

function* checkLoop(node: Node): Generator<Problem> {
  const body = bodyOf(node, 'body');
  if (!body) return;
  const carried = Math.max(0, node.inputs.length - 2);
  yield* expectCount(node, 'body', 'inputs', 2 + carried, body.inputs.length);
  if (body.outputs.length < 1 + filled(node.outputs))
    yield error('body', atNode(node), `the graph 'body' has ${body.outputs.length} outputs, the node needs ${1 + node.outputs.length}`);
}

function* checkScan(node: Node): Generator<Problem> {
  const body = bodyOf(node, 'body');
  const scanned = numberParam(node, 'num_scan_inputs');
  if (!body || typeof scanned !== 'number') return;
  // Before 9 the first input of Scan is the sequence lengths.
  const first = node.inputs.length > body.inputs.length ? 1 : 0;
  yield* expectCount(node, 'body', 'inputs', node.inputs.length - first, body.inputs.length);
  yield* expectCount(node, 'body', 'outputs', node.outputs.length, body.outputs.length);
}

export const bodies: Check = {
  name: 'bodies',
  *run(model) {
    for (const node of allNodes(model)) {
      const key = opKey(node);
      if (key === 'Loop') yield* checkLoop(node);
      else if (key === 'Scan') yield* checkScan(node);
      else if (key === 'If')
        for (const name of ['then_branch', 'else_branch']) {
          const body = bodyOf(node, name);
          if (!body) continue;
          yield* expectCount(node, name, 'inputs', 0, body.inputs.length);
          yield* expectCount(node, name, 'outputs', node.outputs.length, body.outputs.length);
        }
    }
  },
};
