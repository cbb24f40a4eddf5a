// THE TABLE: the operators whose constant weight is pruned: which input holds it, and along which of its axes its output channels lie.
import { constantOfNode, type Node, numberParam, type OpKey, opKey, type Value } from '@modeldiet/onnx-io';
import type { Weight } from '@modeldiet/tensor';

export interface PrunableRule {
  readonly weightInput: number;
  /** Of the weight as the node reads it. */
  readonly outputAxis: (node: Node, rank: number) => number;
}
export type PrunableRules = Readonly<Record<OpKey, PrunableRule>>;

export const prunableRules: PrunableRules = {
  Conv: { weightInput: 1, outputAxis: () => 0 },
  ConvTranspose: { weightInput: 1, outputAxis: () => 1 },
  Gemm: { weightInput: 1, outputAxis: (node) => (numberParam(node, 'transB') ? 0 : 1) },
  MatMul: { weightInput: 1, outputAxis: (_, rank) => rank - 1 },
};

/** The value that holds the constant behind `value`, through Identity nodes: an initializer or the output of a Constant node. */
export function holderOf(value: Value | undefined): Value | undefined {
  for (let at = value, hops = 0; at && hops < 64; hops++) {
    if (at.initializer || (at.producer && constantOfNode(at.producer))) return at;
    if (!at.producer || opKey(at.producer) !== 'Identity') return undefined;
    at = at.producer.inputs[0];
  }
  return undefined;
}

/** True for a value that holds a constant itself. */
export const holdsConstant = (value: Value): boolean => holderOf(value) === value;

/** The float constant that a value holds. */
export function floatWeight(value: Value | undefined): Weight | undefined {
  const constant = value && (value.initializer ?? (value.producer && constantOfNode(value.producer)));
  if (!constant || constant.type === 'sparse' || constant.type === 'opaque') return undefined;
  return constant.type === 'float32' || constant.type === 'float16' || constant.type === 'bfloat16' || constant.type === 'float64' ? constant : undefined;
}

export interface PrunableWeight {
  readonly value: Value;
  readonly weight: Weight;
  /** The first node that reads it as its weight. */
  readonly node: Node;
  readonly rule: PrunableRule;
}

/** Every weight with a row, once, in node order. Weights of rank 1 and integer ones have nothing to prune. */
export function prunableWeights(nodes: Iterable<Node>, rules: PrunableRules): PrunableWeight[] {
  const found = new Map<Value, PrunableWeight>();
  for (const node of nodes) {
    if (!Object.hasOwn(rules, opKey(node))) continue;
    const rule = rules[opKey(node)]!;
    const value = holderOf(node.inputs[rule.weightInput]);
    const weight = floatWeight(value);
    if (value && weight && weight.dims.length > 1 && !found.has(value)) found.set(value, { value, weight, node, rule });
  }
  return [...found.values()];
}
