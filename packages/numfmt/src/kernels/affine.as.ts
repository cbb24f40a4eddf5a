// The affine loops in AssemblyScript SIMD; `plain.ts` is the same arithmetic in TypeScript. Built by scripts/build-kernels.mjs into affine.wasm.ts.
// asc: --initialMemory 16 --maximumMemory 16
// All pointers are byte offsets into the one memory. Loops step by whole vectors and may read and write up to 64 bytes past the end: the caller leaves that room.
// Rows: `rows` runs of `inner` numbers, one scale each. Columns: every number has its own scale. A row's overrun is overwritten by the next row.

// 1.5 * 2^23: adding it to |v| < 2^22 leaves round-half-even(v) in the low mantissa bits.
const magic: f32 = 12582912;
const magicBits: i32 = 0x4b400000;

// @ts-ignore: decorator
@inline
function loadF(p: usize): v128 {
  return v128.load(p);
}

/** min, max and largest magnitude of each row; all three NaN where the row has one. The bits of magnitudes are ordered as integers, NaN above infinity. */
export function rangeRows(x: usize, rows: i32, inner: i32, mins: usize, maxs: usize, mags: usize): void {
  const absolute = i32x4.splat(0x7fffffff);
  for (let r = 0; r < rows; r++) {
    let low: f32 = Infinity;
    let high: f32 = -Infinity;
    let mag: u32 = 0;
    let i = 0;
    if (inner >= 4) {
      const first = loadF(x);
      let low0 = first;
      let low1 = first;
      let high0 = first;
      let high1 = first;
      let mag0 = v128.and(first, absolute);
      let mag1 = mag0;
      for (; i + 8 <= inner; i += 8) {
        const a = loadF(x + (<usize>i << 2));
        const b = loadF(x + (<usize>i << 2) + 16);
        low0 = f32x4.pmin(low0, a);
        low1 = f32x4.pmin(low1, b);
        high0 = f32x4.pmax(high0, a);
        high1 = f32x4.pmax(high1, b);
        mag0 = i32x4.max_u(mag0, v128.and(a, absolute));
        mag1 = i32x4.max_u(mag1, v128.and(b, absolute));
      }
      // What is left is covered by vectors that end at the row's end: seeing a number twice changes nothing.
      if (i < inner) {
        const a = loadF(x + (<usize>(inner - 4) << 2));
        low0 = f32x4.pmin(low0, a);
        high0 = f32x4.pmax(high0, a);
        mag0 = i32x4.max_u(mag0, v128.and(a, absolute));
        if (i + 4 < inner) {
          const b = loadF(x + (<usize>i << 2));
          low0 = f32x4.pmin(low0, b);
          high0 = f32x4.pmax(high0, b);
          mag0 = i32x4.max_u(mag0, v128.and(b, absolute));
        }
      }
      low0 = f32x4.pmin(low0, low1);
      high0 = f32x4.pmax(high0, high1);
      mag0 = i32x4.max_u(mag0, mag1);
      low0 = f32x4.pmin(low0, i32x4.shuffle(low0, low0, 2, 3, 0, 1));
      high0 = f32x4.pmax(high0, i32x4.shuffle(high0, high0, 2, 3, 0, 1));
      mag0 = i32x4.max_u(mag0, i32x4.shuffle(mag0, mag0, 2, 3, 0, 1));
      low = f32x4.extract_lane(f32x4.pmin(low0, i32x4.shuffle(low0, low0, 1, 0, 3, 2)), 0);
      high = f32x4.extract_lane(f32x4.pmax(high0, i32x4.shuffle(high0, high0, 1, 0, 3, 2)), 0);
      mag = <u32>i32x4.extract_lane(i32x4.max_u(mag0, i32x4.shuffle(mag0, mag0, 1, 0, 3, 2)), 0);
    } else {
      for (; i < inner; i++) {
        const v = load<f32>(x + (<usize>i << 2));
        low = min<f32>(low, v);
        high = max<f32>(high, v);
        mag = max<u32>(mag, reinterpret<u32>(v) & 0x7fffffff);
      }
    }
    // Adding zero makes -0 zero.
    store<f32>(mins + (<usize>r << 2), mag > 0x7f800000 ? NaN : low + 0);
    store<f32>(maxs + (<usize>r << 2), mag > 0x7f800000 ? NaN : high + 0);
    store<u32>(mags + (<usize>r << 2), mag > 0x7f800000 ? 0x7fc00000 : mag);
    x += <usize>inner << 2;
  }
}

/** The same per column: number i of `n` goes into accumulator i. */
export function rangeColumns(x: usize, n: i32, mins: usize, maxs: usize, mags: usize): void {
  const absolute = i32x4.splat(0x7fffffff);
  const end = <usize>n << 2;
  for (let p: usize = 0; p < end; p += 16) {
    const a = loadF(x + p);
    v128.store(mins + p, f32x4.pmin(v128.load(mins + p), a));
    v128.store(maxs + p, f32x4.pmax(v128.load(maxs + p), a));
    v128.store(mags + p, i32x4.max_u(v128.load(mags + p), v128.and(a, absolute)));
  }
}

// round(x / scale) clamped to [low, high], plus the zero point, as i32; NaN is the zero point. low and high are integers, so clamping first is the same.
// @ts-ignore: decorator
@inline
function codes(x: v128, scale: v128, low: v128, high: v128, offset: v128): v128 {
  let v = f32x4.div(x, scale);
  v = v128.and(v, f32x4.eq(v, v));
  v = f32x4.pmin(f32x4.pmax(v, low), high);
  return i32x4.add(f32x4.add(v, f32x4.splat(magic)), offset);
}

// Codes of 16 numbers as bytes; `lo >= 0` says they are unsigned.
// @ts-ignore: decorator
@inline
function bytes(a: v128, b: v128, c: v128, d: v128, unsigned: bool): v128 {
  const ab = i16x8.narrow_i32x4_s(a, b);
  const cd = i16x8.narrow_i32x4_s(c, d);
  return unsigned ? i8x16.narrow_i16x8_u(ab, cd) : i8x16.narrow_i16x8_s(ab, cd);
}

/** Codes in [lo, hi], one byte each. scales: f32, zeros: i32, one a row. */
export function quantizeRows(x: usize, out: usize, scales: usize, zeros: usize, rows: i32, inner: i32, lo: i32, hi: i32): void {
  const unsigned = lo >= 0;
  for (let r = 0; r < rows; r++) {
    const zero = load<i32>(zeros + (<usize>r << 2));
    const scale = v128.load32_splat(scales + (<usize>r << 2));
    const low = f32x4.splat(<f32>(lo - zero));
    const high = f32x4.splat(<f32>(hi - zero));
    const offset = i32x4.splat(zero - magicBits);
    for (let i = 0; i < inner; i += 16) {
      const p = x + (<usize>i << 2);
      v128.store(
        out + <usize>i,
        bytes(
          codes(v128.load(p), scale, low, high, offset),
          codes(v128.load(p, 16), scale, low, high, offset),
          codes(v128.load(p, 32), scale, low, high, offset),
          codes(v128.load(p, 48), scale, low, high, offset),
          unsigned,
        ),
      );
    }
    x += <usize>inner << 2;
    out += <usize>inner;
  }
}

// @ts-ignore: decorator
@inline
function codesAt(x: usize, scales: usize, zeros: usize, lo: v128, hi: v128): v128 {
  const zero = v128.load(zeros);
  return codes(
    v128.load(x),
    v128.load(scales),
    f32x4.convert_i32x4_s(i32x4.sub(lo, zero)),
    f32x4.convert_i32x4_s(i32x4.sub(hi, zero)),
    i32x4.sub(zero, i32x4.splat(magicBits)),
  );
}

/** The same with a scale and a zero point for each of the `n` numbers. */
export function quantizeColumns(x: usize, out: usize, scales: usize, zeros: usize, n: i32, lo: i32, hi: i32): void {
  const unsigned = lo >= 0;
  const low = i32x4.splat(lo);
  const high = i32x4.splat(hi);
  for (let i = 0; i < n; i += 16) {
    const at = <usize>i << 2;
    v128.store(
      out + <usize>i,
      bytes(
        codesAt(x + at, scales + at, zeros + at, low, high),
        codesAt(x + at + 16, scales + at + 16, zeros + at + 16, low, high),
        codesAt(x + at + 32, scales + at + 32, zeros + at + 32, low, high),
        codesAt(x + at + 48, scales + at + 48, zeros + at + 48, low, high),
        unsigned,
      ),
    );
  }
}

// @ts-ignore: decorator
@inline
function value(code: v128, zero: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(code, zero)), scale);
}

// Four bytes as four i32.
// @ts-ignore: decorator
@inline
function widen(p: usize, signed: i32): v128 {
  const quad = v128.load32_zero(p);
  return signed ? i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(quad)) : i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(quad));
}

/** (code - zero) * scale, row by row; codes are bytes. */
export function dequantizeRows(x: usize, out: usize, scales: usize, zeros: usize, rows: i32, inner: i32, signed: i32): void {
  for (let r = 0; r < rows; r++) {
    const zero = v128.load32_splat(zeros + (<usize>r << 2));
    const scale = v128.load32_splat(scales + (<usize>r << 2));
    for (let i = 0; i < inner; i += 16) {
      const v = v128.load(x + <usize>i);
      const low = signed ? i16x8.extend_low_i8x16_s(v) : i16x8.extend_low_i8x16_u(v);
      const high = signed ? i16x8.extend_high_i8x16_s(v) : i16x8.extend_high_i8x16_u(v);
      const p = out + (<usize>i << 2);
      v128.store(p, value(i32x4.extend_low_i16x8_s(low), zero, scale));
      v128.store(p, value(i32x4.extend_high_i16x8_s(low), zero, scale), 16);
      v128.store(p, value(i32x4.extend_low_i16x8_s(high), zero, scale), 32);
      v128.store(p, value(i32x4.extend_high_i16x8_s(high), zero, scale), 48);
    }
    x += <usize>inner;
    out += <usize>inner << 2;
  }
}

export function dequantizeColumns(x: usize, out: usize, scales: usize, zeros: usize, n: i32, signed: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, value(widen(x + <usize>i, signed), v128.load(zeros + at), v128.load(scales + at)));
  }
}

/** `n` code bytes to nibbles, low one first. In place is allowed. */
export function pack4(x: usize, out: usize, n: i32): void {
  const low = i16x8.splat(0x000f);
  const high = i16x8.splat(0x00f0);
  for (let i = 0; i < n; i += 32) {
    const a = v128.load(x + <usize>i);
    const b = v128.load(x + <usize>i, 16);
    v128.store(
      out + (<usize>i >> 1),
      i8x16.narrow_i16x8_u(
        v128.or(v128.and(a, low), v128.and(i16x8.shr_u(a, 4), high)),
        v128.or(v128.and(b, low), v128.and(i16x8.shr_u(b, 4), high)),
      ),
    );
  }
}

/** Nibbles to `n` code bytes, sign extended when `signed`. */
export function unpack4(x: usize, out: usize, n: i32, signed: i32): void {
  const mask = i8x16.splat(0x0f);
  const sign = i8x16.splat(signed ? 8 : 0);
  for (let i = 0; i < n; i += 32) {
    const v = v128.load(x + (<usize>i >> 1));
    const low = i8x16.sub(v128.xor(v128.and(v, mask), sign), sign);
    const high = i8x16.sub(v128.xor(i8x16.shr_u(v, 4), sign), sign);
    v128.store(out + <usize>i, i8x16.shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(out + <usize>i, i8x16.shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
  }
}

