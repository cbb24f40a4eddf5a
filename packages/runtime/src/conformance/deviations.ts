// What each known backend does otherwise, with the reason; `npm run conformance` puts it into docs/FEATURES.md.
import type { ConformanceSkip } from './index';

const refusals = ['dtypes/bfloat16 is refused', 'dtypes/float8e4m3fn is refused', 'dtypes/float8e5m2 is refused', 'dtypes/complex64 is refused'];
const int4Output = 'dtypes/int4 output is listed, not fetched, and the process lives';
const int4Inputs = ['dtypes/int4 input', 'dtypes/uint4 input'];

/** By runtime and provider, for onnxruntime 1.30.0. */
export const deviations = {
  'onnxruntime-node cpu': [{ reason: "onnxruntime-node's binding takes no 4-bit input", cases: int4Inputs }],
  'onnxruntime-node webgpu': [{ reason: "onnxruntime-node's binding takes no 4-bit input", cases: int4Inputs }],
  'onnxruntime-web wasm': [],
  'onnxruntime-web webgpu': [
    { reason: 'the WebGPU session has no kernel for casts of 4-bit integers', cases: [...int4Inputs, int4Output] },
    { reason: 'a run whose kernel throws never settles', cases: ['run/a failure inside is an error of that run alone'] },
  ],
  reference: [
    { reason: 'it holds every element type', cases: [...refusals, int4Output] },
    { reason: 'it does not trace', cases: ['run/trace: every kernel of every run, with its op and time'] },
  ],
} as const satisfies Readonly<Record<string, readonly ConformanceSkip[]>>;
