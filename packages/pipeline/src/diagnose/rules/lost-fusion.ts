// A weight that is dequantized anew in every run: its DequantizeLinear was neither fused into the product nor folded when the model was opened.
import { keyOf, type Node } from '@modeldiet/onnx-io';
import { formatBytes, formatMs, formatShare } from '../../format';
import type { DiagnoseRule } from '../finding';
import { constantInput } from '../weight';

/** The ops behind a product that keep ONNX Runtime from fusing the DequantizeLinear before it. */
const breaks = new Set(['Relu', 'Clip', 'Add']);

function behind(reader: Node | undefined): string {
  const next = reader && [...(reader.outputs[0]?.uses ?? [])].map(({ node }) => node).find(({ opType }) => breaks.has(opType));
  return reader ? `, read by ${reader.opType} ${keyOf(reader)}${next ? `, which ${next.opType} follows` : ''}` : '';
}

export const lostFusion: DiagnoseRule = {
  says: 'a weight dequantized in every run',
  find: ({ receipt, nodeOf }) =>
    receipt.nodes.flatMap((row) => {
      const node = row.opType === 'DequantizeLinear' ? nodeOf(row) : undefined;
      const weight = node && constantInput(node.inputs[0]);
      if (!weight) return [];
      const [use] = node.outputs[0]!.uses;
      return [
        {
          node: row.node,
          opType: row.opType,
          costMs: row.ms,
          evidence: `dequantizes ${weight.type} [${weight.dims.join(',')}] in every run: ${formatMs(row.ms)} (${formatShare(row.share, 1)}), ${formatBytes(row.bytes)}${behind(use?.node)}`,
          cure: 'hold it as MatMulNBits (--mode weights --bits 4 --form matMulNBits), or in 8 bits (--mode weights), which is folded when the model is opened',
        },
      ];
    }),
};
