// The walk that dynamic and weight-only quantization share: every node with a rule, in order, rewritten or skipped with a reason.
import { addressOf, allNodes, type Draft, keyOf, type Node, type OpKey, opKey } from '@modeldiet/onnx-io';
import { byteLengthOf, checkpoint, type LongWork } from '@modeldiet/tensor';
import { constantSource, isFloat, readersOf } from './constant';
import type { Outcome } from './dynamic/rule';

/** A row: which input holds the weight, and how the node is rewritten; undefined: it has no weight to speak of, and the report leaves it out. */
export interface NodeRule<W> {
  readonly weightInput: number;
  rewrite(node: Node, work: W): Outcome | undefined | Promise<Outcome | undefined>;
}

/** The reader that would keep the float weight in the file, if there is one. */
function floatReader<W>(node: Node, draft: Draft, rules: Readonly<Record<OpKey, NodeRule<W>>>): Node | undefined {
  const source = constantSource(node.inputs[rules[opKey(node)]!.weightInput]);
  if (!source) return undefined;
  if (source.holder.graph.outputs.includes(source.holder)) return node;
  for (const reader of readersOf(source.holder)) {
    const rule = rules[opKey(reader.node)];
    if (rule?.weightInput !== reader.index || !draft.selects(reader.node)) return reader.node;
  }
  return undefined;
}

/** Bytes of float matrices that an operator without a rule holds. */
const worthSaying = 4096;
const weightBytes = (node: Node): number =>
  node.inputs.reduce((sum, value) => {
    const weight = value?.uses.size ? constantSource(value)?.weight : undefined;
    return weight && isFloat(weight.type) && weight.dims.length > 1 ? sum + byteLengthOf(weight.type, weight.dims) : sum;
  }, 0);

/** Rewrites the nodes with a rule, and says what weights the others hold. Returns how many nodes changed. */
export async function rewriteNodes<W>(draft: Draft, work: LongWork, rules: Readonly<Record<OpKey, NodeRule<W>>>, tools: W): Promise<number> {
  const nodes = [...allNodes(draft.model)].filter((node) => Object.hasOwn(rules, opKey(node)));
  let changes = 0;
  for (const [done, node] of nodes.entries()) {
    await checkpoint(work, { phase: 'quantize', done, total: nodes.length, unit: 'nodes', item: keyOf(node) });
    if (!draft.selects(node)) continue;
    const reader = floatReader(node, draft, rules);
    if (reader) {
      draft.skip(node, 'shared-weight', `its weight is also read by ${keyOf(reader)} as float, so the file would grow`);
      continue;
    }
    const address = addressOf(node);
    const outcome = await rules[opKey(node)]!.rewrite(node, tools);
    if (!outcome) continue;
    if ('changed' in outcome) {
      changes++;
      draft.change(address, outcome.changed);
    } else draft.skip(address, outcome.code, outcome.reason);
  }
  for (const node of allNodes(draft.model)) {
    const bytes = Object.hasOwn(rules, opKey(node)) || !draft.selects(node) ? 0 : weightBytes(node);
    if (bytes >= worthSaying) draft.skip(node, 'no-rule', `${bytes} bytes of weights stay float: ${node.opType} has no rule`);
  }
  return changes;
}
