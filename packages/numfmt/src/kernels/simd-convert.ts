// The conversions and sums on WebAssembly SIMD, by pieces of 256 KiB. No view leaves this file.
import { wasm } from './convert.wasm';
import { addSums, binsPerUnit } from './plain';
import { lazyModule, viewsOf } from './wasm';

type Convert = (x: number, out: number, n: number) => void;
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly toFloat16: Convert;
  readonly fromFloat16: Convert;
  readonly toBfloat16: Convert;
  readonly fromBfloat16: Convert;
  histogram(x: number, n: number, counts: number, bins: number, low: number, high: number, perBin: number): void;
  squaredError(x: number, y: number, n: number, sums: number): void;
}

const room = 64;
const chunk = 65536;
const left = 0;
const right = 4 * chunk + room;
const rest = 2 * right;
/** Bins that fit; more of them run on `plain`. */
export const mostBins = 65536;

const load = /* @__PURE__ */ lazyModule<Exports>(wasm);
let memory: ReturnType<typeof viewsOf> | undefined;
function open(): { readonly run: Exports; readonly view: ReturnType<typeof viewsOf> } {
  const run = load();
  memory ??= viewsOf(run.memory);
  return { run, view: memory };
}

const narrow =
  (name: 'toFloat16' | 'toBfloat16') =>
  (x: Float32Array, out: Uint16Array): void => {
    const { run, view } = open();
    for (let at = 0; at < x.length; at += chunk) {
      const count = Math.min(chunk, x.length - at);
      view.f32.set(x.subarray(at, at + count), left >> 2);
      run[name](left, right, count);
      out.set(view.u16.subarray(right >> 1, (right >> 1) + count), at);
    }
  };

const widen =
  (name: 'fromFloat16' | 'fromBfloat16') =>
  (x: Uint16Array, out: Float32Array): void => {
    const { run, view } = open();
    // Bits, not numbers, leave the memory: a copy of a NaN as a number may change its payload.
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let at = 0; at < x.length; at += chunk) {
      const count = Math.min(chunk, x.length - at);
      view.u16.set(x.subarray(at, at + count), left >> 1);
      run[name](left, right, count);
      bits.set(view.u32.subarray(right >> 2, (right >> 2) + count), at);
    }
  };

export const float32ToFloat16 = /* @__PURE__ */ narrow('toFloat16');
export const float16ToFloat32 = /* @__PURE__ */ widen('fromFloat16');
export const float32ToBfloat16 = /* @__PURE__ */ narrow('toBfloat16');
export const bfloat16ToFloat32 = /* @__PURE__ */ widen('fromBfloat16');

export function histogram(x: Float32Array, low: number, high: number, counts: Uint32Array): void {
  const { run, view } = open();
  const bins = counts.length;
  const [from, to] = [Math.fround(low), Math.fround(high)];
  view.u32.set(counts, rest >> 2);
  for (let at = 0; at < x.length; at += chunk) {
    const count = Math.min(chunk, x.length - at);
    view.f32.set(x.subarray(at, at + count), left >> 2);
    run.histogram(left, count, rest, bins, from, to, binsPerUnit(from, to, bins));
  }
  counts.set(view.u32.subarray(rest >> 2, (rest >> 2) + bins));
}

export function squaredError(x: Float32Array, y: Float32Array): number {
  const { run, view } = open();
  view.f64.fill(0, rest >> 3, (rest >> 3) + 4);
  for (let at = 0; at < x.length; at += chunk) {
    const count = Math.min(chunk, x.length - at);
    view.f32.set(x.subarray(at, at + count), left >> 2);
    view.f32.set(y.subarray(at, at + count), right >> 2);
    // The last vector is filled up with equal numbers: they add nothing.
    view.f32.fill(0, (left >> 2) + count, (left >> 2) + count + 3);
    view.f32.fill(0, (right >> 2) + count, (right >> 2) + count + 3);
    run.squaredError(left, right, (count + 3) & -4, rest);
  }
  return addSums(view.f64.subarray(rest >> 3, (rest >> 3) + 4));
}
