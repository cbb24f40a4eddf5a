// From the name a kernel has in ONNX Runtime's optimised graph back to the node of the model. Fusions rename: a Conv of the blocked layout is called
// after the last value it now makes ('relu_nchwc'), others get a suffix ('node_Slice_129/GatherSliceToSplitFusion') or a prefix ('fused /0/Gemm'), or several.
import { allNodes, definedValues, keyOf, type Model, type Node, opKey, type Value } from '@modeldiet/onnx-io';

/** Ops that are fused into the product before them. */
const products = new Set([
  'Conv',
  'ConvTranspose',
  'ConvInteger',
  'QLinearConv',
  'MatMul',
  'Gemm',
  'MatMulInteger',
  'QLinearMatMul',
  'com.microsoft:MatMulNBits',
]);

const marks = [/^fused /, /_nchwc$/, /_token_\d+$/, /\/\w*Fusion\w*\/?$/, /_transformed$/, /_(?:fused|quant|nhwc)$/];

/** The product that made `value` through ops that fusions swallow (bias, activation, residual); at most a few steps back. */
function productBehind(value: Value): Node | undefined {
  let at: Value | undefined = value;
  for (let step = 0; at?.producer && step < 6; step++) {
    if (products.has(opKey(at.producer))) return at.producer;
    at = at.producer.inputs.find((input) => input?.producer);
  }
  return undefined;
}

export type OriginOf = (name: string, opType: string) => Node | undefined;

/** Finds the node of `model` behind a kernel. A fused product is the product; undefined for what ORT put in itself. */
export function originsOf(model: Model): OriginOf {
  const byName = new Map<string, Node>();
  for (const node of allNodes(model)) {
    if (node.name !== '' && !byName.has(node.name)) byName.set(node.name, node);
    if (!byName.has(keyOf(node))) byName.set(keyOf(node), node);
  }
  let byValue: Map<string, Value> | undefined;
  const value = (name: string): Value | undefined => {
    byValue ??= new Map([...definedValues(model.graph)].map((entry) => [entry.name, entry] as const));
    return byValue.get(name);
  };
  const find = (name: string, opType: string): Node | undefined => {
    const node = byName.get(name);
    if (node) return node;
    const made = value(name);
    if (!made) return undefined;
    const isProduct = /Conv|MatMul|Gemm/.test(opType);
    return (isProduct ? productBehind(made) : undefined) ?? made.producer;
  };
  return (name, opType) => {
    for (let at = name; ; ) {
      const node = find(at, opType);
      if (node) return node;
      const mark = marks.find((each) => each.test(at));
      if (!mark) return undefined;
      at = at.replace(mark, '');
    }
  };
}
