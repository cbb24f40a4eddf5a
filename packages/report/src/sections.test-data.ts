// Receipts and a weight for the tests of the report's sections.
import type { WeightPicture } from './charts/of-weights';
import type { NamedReceipt } from './html/receipts';

const node = (name: string, ms: number, share: number) => ({ node: name, opType: 'Gemm', ms, share, bound: 'compute' as const });

export const receipts: readonly NamedReceipt[] = [
  { name: 'baseline', batch: 64, receipt: { latencyMs: { median: 0.0512, ci95: [0.05, 0.052] }, kernelMs: 0.04, nodes: [node('/fc/<node>', 0.04, 1)] } },
  {
    name: 'int8',
    receipt: {
      latencyMs: { median: 0.2, ci95: [0.19, 0.21] },
      kernelMs: 0.13,
      nodes: Array.from({ length: 13 }, (_, i) => node(`/blocks/${i}/attention/self/query/MatMul_quant_with_a_long_name`, 0.01, 1 / 13)),
    },
  },
];

const values = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * Math.cos(i * 78.233));
export const weights: readonly WeightPicture[] = [
  { name: 'fc.weight', format: 'int8', values, codes: Int8Array.from(values, (x) => Math.round(127 * x)), scale: 1 / 127 },
];
