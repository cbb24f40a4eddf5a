// Nodes that float16 would break although their operator has a float16 form: a constant they read is below its range, so a division by it, or by its root, goes wrong.
import { constantOf, inputOf, type Node, opKey } from '@modeldiet/onnx-io';
import { type LongWork, materialize, type Tensor, type Weight } from '@modeldiet/tensor';

/** The smallest normal float16. Below it numbers lose their digits, below 2^-25 they become zero. */
const smallestNormal = 2 ** -14;
/** Larger constants are weights, whose small entries do not matter. */
const fewElements = 16;

const float32Of = (constant: Tensor | undefined): Float32Array | undefined => (constant?.type === 'float32' ? constant.data : undefined);
const isTiny = (x: number): boolean => x !== 0 && Math.abs(x) < smallestNormal;

async function variance(node: Node, work: LongWork): Promise<Float32Array | undefined> {
  if (opKey(node) !== 'BatchNormalization') return undefined;
  // Named `var` until opset 13, `input_var` from 14 on; the fifth input in all of them.
  const value = inputOf(node, 'input_var') ?? inputOf(node, 'var') ?? node.inputs[4];
  const constant = value && constantOf(value);
  return constant?.type === 'float32' ? float32Of(await materialize(constant as Weight, work)) : undefined;
}

/** Why `node` has to stay float32, or undefined. An epsilon is all small; a variance has some small entries. */
export async function fragile(node: Node, work: LongWork): Promise<string | undefined> {
  if ((await variance(node, work))?.some(isTiny)) return 'a variance of it is below the range of float16';
  for (const value of node.inputs) {
    const constant = value && constantOf(value);
    if (constant?.type !== 'float32' || !('data' in constant) || constant.data.length > fewElements) continue;
    const nonzero = constant.data.filter((x) => x !== 0);
    if (nonzero.length > 0 && nonzero.every(isTiny)) return `its constant ${value!.name} is below the range of float16`;
  }
  return undefined;
}
