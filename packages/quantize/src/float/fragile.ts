// Nodes that float16 would break although their operator has a float16 form: a constant they read is outside of its range, so a division by it, or by its root, goes wrong.
import { constantOf, type Node, opKey } from '@modeldiet/onnx-io';
import { type LongWork, materialize, type Tensor, type Weight } from '@modeldiet/tensor';

/** The smallest normal float16. Below it numbers lose their digits, below 2^-25 they become zero. */
const smallestNormal = 2 ** -14;
const largest = 65504;
/** Larger constants are weights, whose small entries do not matter. */
const fewElements = 16;

const float32Of = (constant: Tensor | undefined): Float32Array | undefined => (constant?.type === 'float32' ? constant.data : undefined);
const isTiny = (x: number): boolean => x !== 0 && Math.abs(x) < smallestNormal;

/** Scale, bias, mean and variance: inputs 1 to 4 in every version of BatchNormalization. A variance may be far outside of float16 although what it normalises is not. */
async function hasForeignStatistics(node: Node, work: LongWork): Promise<boolean> {
  if (opKey(node) !== 'BatchNormalization') return false;
  for (const value of node.inputs.slice(1)) {
    const constant = value && constantOf(value);
    if (constant?.type !== 'float32') continue;
    const held = float32Of(await materialize(constant as Weight, work));
    const isVariance = value === node.inputs[4];
    if (held?.some((x) => Math.abs(x) > largest || (isVariance && isTiny(x)))) return true;
  }
  return false;
}

/** Why `node` has to stay float32, or undefined. */
export async function fragile(node: Node, work: LongWork): Promise<string | undefined> {
  if (await hasForeignStatistics(node, work)) return 'its mean or variance is outside of the range of float16';
  for (const value of node.inputs) {
    const constant = value && constantOf(value);
    if (constant?.type !== 'float32' || !('data' in constant) || constant.data.length > fewElements) continue;
    const nonzero = constant.data.filter((x) => x !== 0);
    if (nonzero.length > 0 && nonzero.every(isTiny)) return `its constant ${value!.name} is below the range of float16`;
  }
  return undefined;
}
