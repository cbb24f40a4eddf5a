// A product so small that what int8 adds to it (ranges, casts, a call) is more than what it saves. Measured against a float product of the same extents.
import { graphBuilder, type Model } from '@modeldiet/onnx-io';
import { formatMs } from '../../format';
import type { DiagnoseRule } from '../finding';
import { seenBy } from '../shapes';

const integerProducts = new Set(['DynamicQuantizeMatMul', 'MatMulIntegerToFloat', 'MatMulInteger', 'QLinearMatMul', 'QGemm', 'MatMulNBits']);
/** Of the weight as float32. A larger one that is slow is slow for another reason. */
const smallUpTo = 2 ** 20;
/** Below this the two are level. */
const slower = 1.1;

function product(m: number, k: number, n: number): Model {
  const g = graphBuilder();
  const w = g.constant('w', { type: 'float32', dims: [k, n], data: new Float32Array(k * n).fill(0.01) });
  g.output(g.op('MatMul', [g.input('x', 'float32', [m, k]), w]), 'y', { dtype: 'float32', dims: [m, n] });
  return g.model();
}

export const smallLayer: DiagnoseRule = {
  says: 'an integer product too small to win',
  async find({ receipt, nodeOf, floatMs }) {
    const found = [];
    for (const row of receipt.nodes) {
      if (!integerProducts.has(row.opType)) continue;
      const seen = seenBy(receipt, row);
      const [k, n] = [seen?.input.at(-1) ?? 0, seen?.output.at(-1) ?? 0];
      if (!seen || k === 0 || n === 0 || 4 * k * n > smallUpTo) continue;
      const m = seen.output.reduce((a, b) => a * b, 1) / n;
      const float = await floatMs(product(m, k, n));
      if (float === undefined || row.ms < slower * float) continue;
      found.push({
        node: row.node,
        opType: row.opType,
        costMs: row.ms,
        evidence: `${m} x ${k} by ${k} x ${n} takes ${formatMs(row.ms)}; a float32 product of these extents ${formatMs(float)}`,
        cure: `leave it in float32: --exclude ${nodeOf(row)?.name || row.node}, or run larger batches`,
      });
    }
    return found;
  },
};
