// Conversions and sums in AssemblyScript SIMD; `plain.ts` is the same arithmetic in TypeScript. Built by scripts/build-kernels.mjs into convert.wasm.ts.
// asc: --initialMemory 16 --maximumMemory 16
// All pointers are byte offsets into the one memory. Loops step by whole vectors and may read and write up to 64 bytes past the end: the caller leaves that room.

// float32 -> float16, nearest even: the exponent is rebased and the 13 lost bits rounded by an integer add; subnormals come out of a float add with 0.5, which rounds them in hardware.
// @ts-ignore: decorator
@inline
function half(x: v128): v128 {
  const bits = v128.and(x, i32x4.splat(0x7fffffff));
  const sign = i32x4.shr_u(v128.xor(x, bits), 16);
  const odd = v128.and(i32x4.shr_u(bits, 13), i32x4.splat(1));
  const normal = i32x4.shr_u(i32x4.add(i32x4.add(bits, i32x4.splat(<i32>0xc8000fff)), odd), 13);
  const small = i32x4.sub(f32x4.add(bits, f32x4.splat(0.5)), i32x4.splat(0x3f000000));
  let h = v128.bitselect(small, normal, i32x4.lt_s(bits, i32x4.splat(0x38800000)));
  h = v128.bitselect(i32x4.splat(0x7c00), h, i32x4.gt_s(bits, i32x4.splat(0x477fefff)));
  const nan = i32x4.gt_s(bits, i32x4.splat(0x7f800000));
  return v128.bitselect(i32x4.splat(0x7e00), v128.or(h, sign), nan);
}

export function toFloat16(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 8) {
    const p = x + (<usize>i << 2);
    v128.store(out + (<usize>i << 1), i16x8.narrow_i32x4_u(half(v128.load(p)), half(v128.load(p, 16))));
  }
}

// @ts-ignore: decorator
@inline
function single(h: v128): v128 {
  const magnitude = v128.and(h, i32x4.splat(0x7fff));
  const sign = i32x4.shl(v128.xor(h, magnitude), 16);
  const scaled = f32x4.mul(i32x4.shl(magnitude, 13), f32x4.splat(5192296858534827628530496329220096.0));
  const top = v128.and(i32x4.gt_s(magnitude, i32x4.splat(0x7bff)), i32x4.splat(0x7f800000));
  return v128.or(v128.or(scaled, top), sign);
}

export function fromFloat16(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 8) {
    const h = v128.load(x + (<usize>i << 1));
    const p = out + (<usize>i << 2);
    v128.store(p, single(i32x4.extend_low_i16x8_u(h)));
    v128.store(p, single(i32x4.extend_high_i16x8_u(h)), 16);
  }
}

// @ts-ignore: decorator
@inline
function brain(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 16), i32x4.splat(1));
  const rounded = i32x4.shr_u(i32x4.add(i32x4.add(x, i32x4.splat(0x7fff)), odd), 16);
  const nan = f32x4.ne(x, x);
  return v128.bitselect(i32x4.splat(0x7fc0), rounded, nan);
}

export function toBfloat16(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 8) {
    const p = x + (<usize>i << 2);
    v128.store(out + (<usize>i << 1), i16x8.narrow_i32x4_u(brain(v128.load(p)), brain(v128.load(p, 16))));
  }
}

export function fromBfloat16(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 8) {
    const h = v128.load(x + (<usize>i << 1));
    const p = out + (<usize>i << 2);
    v128.store(p, i32x4.shl(i32x4.extend_low_i16x8_u(h), 16));
    v128.store(p, i32x4.shl(i32x4.extend_high_i16x8_u(h), 16), 16);
  }
}

/** Counts numbers into `bins` equal bins of [low, high], both ends included; others are not counted. counts: u32, not cleared. */
export function histogram(x: usize, n: i32, counts: usize, bins: i32, low: f32, high: f32, perBin: f64): void {
  for (let i = 0; i < n; i++) {
    const v = load<f32>(x + (<usize>i << 2));
    if (v >= low && v <= high) {
      const bin = min<i32>(<i32>((<f64>v - <f64>low) * perBin), bins - 1);
      const p = counts + (<usize>bin << 2);
      store<u32>(p, load<u32>(p) + 1);
    }
  }
}

/** The sum of (x - y)^2 in float64: lane i of 4 sums numbers i, i + 4, ... so that the order of additions is part of the definition. `n` is a multiple of 4. */
export function squaredError(x: usize, y: usize, n: i32, sums: usize): void {
  let even = v128.load(sums);
  let odd = v128.load(sums, 16);
  const end = <usize>n << 2;
  for (let p: usize = 0; p < end; p += 16) {
    const a = v128.load(x + p);
    const b = v128.load(y + p);
    const low = f64x2.sub(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b));
    const high = f64x2.sub(
      f64x2.promote_low_f32x4(i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)),
      f64x2.promote_low_f32x4(i8x16.shuffle(b, b, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)),
    );
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  v128.store(sums, even);
  v128.store(sums, odd, 16);
}
