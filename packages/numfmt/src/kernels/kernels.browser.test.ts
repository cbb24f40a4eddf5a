// The same kernels in a real browser.
import { expect, it } from 'vitest';
import { chooseQParams, dequantizeLinear, encodeArray, float16, int4, kernelPath, perBlock, plain, quantizeLinear, simd } from '..';

it('run on SIMD and agree with the plain ones', () => {
  expect(kernelPath()).toEqual({ path: 'simd' });
  const x = Float32Array.from({ length: 70_001 }, (_, i) => Math.sin(i) * 2 ** ((i % 40) - 20));
  const layout = { outer: 1, channels: 1, inner: x.length };
  expect(simd.ranges(x, layout)).toEqual(plain.ranges(x, layout));
  const [a, b] = [new Uint16Array(x.length), new Uint16Array(x.length)];
  simd.float32ToFloat16(x, a);
  plain.float32ToFloat16(x, b);
  expect(a).toEqual(b);
  expect(encodeArray(x, float16)).toEqual(b);
  const dims = [100, 700];
  const part = x.subarray(0, 70_000);
  const q = chooseQParams(part, { format: int4, granularity: perBlock(32, 1), dims });
  expect(dequantizeLinear(quantizeLinear(part, q), q)).toHaveLength(70_000);
});
