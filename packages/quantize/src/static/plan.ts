// Which nodes become integer nodes and which values get a scale, decided on the graph before anything is edited.
import { addressOf, type Draft, type Graph, type Node, opKey, orderedNodes, type Skip, type Value } from '@modeldiet/onnx-io';
import { type ConstantSource, constantSource } from '../constant';
import type { Range } from './calibrator';
import type { StaticRule, StaticRules } from './rules';

export interface WeightedNode {
  readonly node: Node;
  readonly source: ConstantSource;
  /** Of the weight as its node reads it. */
  readonly axis: number;
  readonly bias?: ConstantSource;
}

export interface StaticPlan {
  readonly weighted: readonly WeightedNode[];
  /** All nodes that read quantized values. */
  readonly nodes: ReadonlySet<Node>;
  /** Values with a scale -> the value whose range it is. */
  readonly scaled: ReadonlyMap<Value, Value>;
  /** Ranges that need no calibration. */
  readonly fixed: ReadonlyMap<Value, Range>;
  readonly skipped: readonly Skip[];
}

/** The inputs of a quantized node that carry data; the others are weights, biases, shapes, bounds. */
export const dataInputs = (node: Node, rule: StaticRule): readonly number[] => (rule.kind === 'observed' ? [...node.inputs.keys()] : [0]);

function refuse(node: Node, source: ConstantSource | undefined): { code: string; reason: string } | undefined {
  if (!source) return { code: 'weight-not-constant', reason: 'its weight is computed, not a constant' };
  if (source.weight.type !== 'float32') return { code: 'weight-not-float', reason: `its weight is ${source.weight.type}` };
  if (source.weight.dims.length < 2) return { code: 'weight-rank', reason: `its weight has rank ${source.weight.dims.length}` };
  if (constantSource(node.inputs[0])) return { code: 'weight-not-constant', reason: 'both sides are constants' };
  return undefined;
}

/** The value behind which the range of a weighted node's output is taken: its own output, or that of the clamp that alone reads it. */
function effectiveOutput(node: Node, rules: StaticRules, draft: Draft): Value {
  const output = node.outputs[0]!;
  const [use] = output.uses;
  const reader = output.uses.size === 1 && !output.graph.outputs.includes(output) ? use!.node : undefined;
  const isClamp = reader && reader.graph === node.graph && use!.index === 0 && rules[opKey(reader)]?.kind === 'clamp' && draft.selects(reader);
  return isClamp ? reader.outputs[0]! : output;
}

export function planStatic(draft: Draft, graph: Graph, rules: StaticRules): StaticPlan {
  const order = orderedNodes(graph).filter((node) => draft.selects(node) && Object.hasOwn(rules, opKey(node)));
  const weighted: WeightedNode[] = [];
  const skipped: Skip[] = [];
  const nodes = new Set<Node>();
  const scaled = new Map<Value, Value>();
  const fixed = new Map<Value, Range>();
  for (const node of order) {
    const rule = rules[opKey(node)]!;
    if (rule.kind !== 'weighted') continue;
    const source = constantSource(node.inputs[1]);
    const no = refuse(node, source);
    if (no) {
      skipped.push({ ...addressOf(node), ...no });
      continue;
    }
    const bias = constantSource(node.inputs[2]);
    weighted.push({ node, source: source!, axis: rule.axis(node, source!.weight.dims.length), ...(bias && { bias }) });
    nodes.add(node);
    scaled.set(node.inputs[0]!, node.inputs[0]!);
    if (rule.needsOutput) {
      const output = effectiveOutput(node, rules, draft);
      scaled.set(output, output);
    }
  }
  for (const node of order) {
    const rule = rules[opKey(node)]!;
    const [input, output] = [node.inputs[0], node.outputs[0]];
    if (!input || !output || rule.kind === 'weighted' || rule.kind === 'clamp') continue;
    const data = rule.kind === 'observed' ? node.inputs.filter((value) => value && !constantSource(value)) : [input];
    if (data.length === 0 || !data.every((value) => value && scaled.has(value))) continue;
    nodes.add(node);
    scaled.set(output, rule.kind === 'shared' ? scaled.get(input)! : output);
    if (rule.kind === 'fixed') fixed.set(output, { min: rule.min, max: rule.max });
  }
  return { weighted, nodes, scaled, fixed, skipped };
}
