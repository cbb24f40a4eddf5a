// Results for this package's tests: a small net and what dynamic int8 and float16 made of it.
import type { Results, VariantResult } from '@modeldiet/pipeline';

export const variant = (name: string, bytes: number, us: number, accuracy: number, onFrontier: boolean): VariantResult => ({
  name,
  steps: [],
  path: `${name}.onnx`,
  bytes,
  gzipBytes: Math.round(bytes * 0.9),
  parameters: 76_810,
  loadMs: 2.1,
  firstRunMs: 0.4,
  peakRssBytes: 88e6,
  latencyMs: { '1': { median: us / 1000, ci95: [us / 1020, us / 985] }, '64': { median: us / 90, ci95: [us / 94, us / 85] } },
  accuracy: { value: accuracy, ci95: [accuracy - 0.02, accuracy + 0.012], n: 360 },
  onFrontier,
});

export const sample: Results = {
  task: 'Digits, 64-1024-10, <b>&',
  environment: { cpu: 'AMD EPYC', threads: 1, runtime: 'onnxruntime-node 1.30.0', node: '20.20.2', cpuFlags: ['avx2'] },
  variants: [
    variant('baseline', 307_414, 51, 0.9722, false),
    variant('float16 weights', 154_800, 53.2, 0.9722, false),
    variant('dynamic int8', 84_600, 55.9, 0.9694, false),
    variant('int8 | per tensor', 80_600, 49, 0.9722, true),
  ],
};
