// u8 activations by s8 weights where the machine adds pairs of products in 16 bits: two weights above 64 beside each other can be cut off.
import { allNodes, keyOf, type Node, opKey } from '@modeldiet/onnx-io';
import { materialize } from '@modeldiet/tensor';
import { formatCount } from '../../format';
import type { DiagnoseRule } from '../finding';
import { constantInput, isDequantize, storedWeight } from '../weight';

/** 255 x (64 + 64) = 32,640 still fits into 16 bits. */
const safe = 64;

const integerOps = new Set(['MatMulInteger', 'ConvInteger', 'QLinearMatMul', 'QLinearConv']);
const floatOps = new Set(['MatMul', 'Gemm', 'Conv']);

/** Whether its activations are 8-bit without sign when it runs as an integer kernel. */
function readsUnsigned(node: Node): boolean {
  const op = opKey(node);
  const input = node.inputs[0];
  if (integerOps.has(op)) return input?.type?.kind !== 'tensor' || input.type.dtype !== 'int8';
  if (!floatOps.has(op) || !isDequantize(input?.producer)) return false;
  const zeroPoint = constantInput(input.producer.inputs[2]);
  return zeroPoint?.type === 'uint8';
}

export const saturatingKernel: DiagnoseRule = {
  says: 'u8 by s8 products that saturate on this target',
  async find({ model, receipt, target, work }) {
    if (!target.saturatesU8S8) return [];
    const found = [];
    for (const node of allNodes(model)) {
      if (!readsUnsigned(node)) continue;
      const weight = storedWeight(node);
      if (weight?.type !== 'int8') continue;
      const held = await materialize(weight, work);
      const codes = held.data as Int8Array;
      let beyond = 0;
      for (const code of codes) if (code > safe || code < -safe) beyond++;
      if (beyond === 0) continue;
      const row = receipt.nodes.find((candidate) => candidate.node === keyOf(node));
      found.push({
        node: keyOf(node),
        opType: row?.opType ?? node.opType,
        costMs: row?.ms ?? 0,
        evidence: `${formatCount(beyond)} of ${formatCount(codes.length)} int8 weights are beyond ${safe}; beside 8-bit activations without sign, sums of two products leave 16 bits on ${target.name}`,
        cure: 'quantize again with --target cpu, which keeps weights where this cannot happen; or run where u8 x s8 is exact (VNNI, Arm, WebAssembly)',
      });
    }
    return found;
  },
};
