// The kernels on WebAssembly SIMD. The modules are instantiated by the first call that needs them; where that is refused, the call throws: ask `kernels()` for what works here.
import type { Kernels } from './kernels';
import { plain } from './plain';
import { dequantize4, dequantize8, quantize4, quantize8, ranges } from './simd-affine';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16, histogram, mostBins, squaredError } from './simd-convert';

export const simd: Kernels = {
  name: 'simd',
  ranges,
  quantize8,
  quantize4,
  dequantize8,
  dequantize4,
  float32ToFloat16,
  float16ToFloat32,
  float32ToBfloat16,
  bfloat16ToFloat32,
  histogram: (x, low, high, counts) => (counts.length > mostBins ? plain : { histogram }).histogram(x, low, high, counts),
  squaredError,
};
