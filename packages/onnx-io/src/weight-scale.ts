// Quantization scales that stand outside of Q/DQ operators: a Mul beside codes or integer products (ONNX's dynamic quantization, weights folded at load, quantized embeddings).
import type { Node, OpKey, Use, Value } from './ir/model';
import { opKey } from './ir/names';

/** Rearrange numbers, or shift codes by their zero point, without making others of them. */
const passOn: ReadonlySet<OpKey> = new Set(['Identity', 'Cast', 'CastLike', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Gather', 'Sub']);
const integerProducts: ReadonlySet<OpKey> = new Set(['MatMulInteger', 'ConvInteger']);
const codes: ReadonlySet<string> = new Set(['int8', 'uint8', 'int4', 'uint4', 'int2', 'uint2']);
const farthest = 8;

const constantOf = (value: Value): string | undefined => {
  if (value.initializer) return value.initializer.type;
  const held = value.producer && opKey(value.producer) === 'Constant' ? value.producer.attributes.get('value') : undefined;
  return held?.kind === 'tensor' ? held.value.type : undefined;
};

/** Whether a value is codes, an integer product, or the scale that DynamicQuantizeLinear found. */
function isQuantized(value: Value | undefined): boolean {
  let at = value;
  for (let hops = 0; at && hops < farthest; hops++) {
    const type = constantOf(at);
    if (type) return codes.has(type);
    const { producer }: Value = at;
    if (!producer) return false;
    const key = opKey(producer);
    if (integerProducts.has(key)) return true;
    if (key === 'DynamicQuantizeLinear') return producer.outputs[1] === at;
    if (!passOn.has(key)) return false;
    at = producer.inputs[0];
  }
  return false;
}

const otherOf = (node: Node, index: number): Value | undefined => node.inputs[1 - index];

/** Whether a constant read at `use` scales quantized numbers: it came with the quantization, nothing learned it. */
export function isWeightScale(use: Use | undefined): boolean {
  let at = use;
  for (let hops = 0; at && hops < farthest; hops++) {
    const { node, index }: Use = at;
    if (opKey(node) === 'Mul') return isQuantized(otherOf(node, index));
    if (!passOn.has(opKey(node)) || index !== 0) return false;
    [at] = node.outputs[0]?.uses ?? [];
  }
  return false;
}
