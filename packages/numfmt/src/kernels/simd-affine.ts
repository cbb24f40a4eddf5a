// The affine kernels on WebAssembly SIMD: copies pieces in, runs the loop, copies codes out. No view leaves this file.
import { wasm } from './affine.wasm';
import type { ChannelScales, Codes8, Layout, Ranges } from './kernels';
import { columnChunk, eachPiece, mostRows, rowChunk } from './pieces';
import { lazyModule, viewsOf } from './wasm';

interface Exports {
  readonly memory: WebAssembly.Memory;
  rangeRows(x: number, rows: number, inner: number, mins: number, maxs: number, mags: number): void;
  rangeColumns(x: number, n: number, mins: number, maxs: number, mags: number): void;
  quantizeRows(x: number, out: number, scales: number, zeros: number, rows: number, inner: number, lo: number, hi: number): void;
  quantizeColumns(x: number, out: number, scales: number, zeros: number, n: number, lo: number, hi: number): void;
  dequantizeRows(x: number, out: number, scales: number, zeros: number, rows: number, inner: number, signed: number): void;
  dequantizeColumns(x: number, out: number, scales: number, zeros: number, n: number, signed: number): void;
  pack4(x: number, out: number, n: number): void;
  unpack4(x: number, out: number, n: number, signed: number): void;
}

// The memory, each part with room for the loops' overrun: numbers, codes, packed codes, and what goes with each row or column.
const room = 64;
const floats = 0;
const codes = floats + 4 * rowChunk + room;
const packed = codes + rowChunk + room;
const perColumn = 4 * Math.max(columnChunk, mostRows) + room;
const first = packed + rowChunk / 2 + room;
const [second, third] = [first + perColumn, first + 2 * perColumn];

const load = /* @__PURE__ */ lazyModule<Exports>(wasm);
let memory: ReturnType<typeof viewsOf> | undefined;
function open(): { readonly run: Exports; readonly view: ReturnType<typeof viewsOf> } {
  const run = load();
  memory ??= viewsOf(run.memory);
  return { run, view: memory };
}

export function ranges(x: Float32Array, layout: Layout): Ranges {
  const { run, view } = open();
  const { outer, channels, inner } = layout;
  const min = new Float32Array(channels).fill(Number.POSITIVE_INFINITY);
  const max = new Float32Array(channels).fill(Number.NEGATIVE_INFINITY);
  const absMax = new Float32Array(channels);
  const [mins, maxs, mags] = [first >> 2, second >> 2, third >> 2];
  const take = (k: number, c: number): void => {
    const mag = view.f32[mags + k]!;
    // Once NaN, always NaN.
    if (Number.isNaN(mag) || Number.isNaN(absMax[c])) min[c] = max[c] = absMax[c] = Number.NaN;
    else {
      if (view.f32[mins + k]! < min[c]!) min[c] = view.f32[mins + k]! + 0;
      if (view.f32[maxs + k]! > max[c]!) max[c] = view.f32[maxs + k]! + 0;
      if (mag > absMax[c]!) absMax[c] = mag;
    }
  };
  let [from, width] = [0, 0];
  const close = (): void => {
    for (let k = 0; k < width; k++) take(k, channelOf(from + k, channels, inner));
  };
  // Rows that are whole channels need no merging.
  const once = outer === 1 && inner <= rowChunk;
  eachPiece(layout, {
    rows(at, rows, length, channel) {
      view.f32.set(x.subarray(at, at + rows * length), floats >> 2);
      run.rangeRows(floats, rows, length, first, second, third);
      if (once) {
        min.set(view.f32.subarray(mins, mins + rows), channel);
        max.set(view.f32.subarray(maxs, maxs + rows), channel);
        absMax.set(view.f32.subarray(mags, mags + rows), channel);
      } else for (let k = 0; k < rows; k++) take(k, (channel + k) % channels);
    },
    columns(column, count) {
      close();
      [from, width] = [column, count];
      view.f32.fill(Number.POSITIVE_INFINITY, mins, mins + width);
      view.f32.fill(Number.NEGATIVE_INFINITY, maxs, maxs + width);
      view.u32.fill(0, mags, mags + width);
    },
    column(at, count) {
      view.f32.set(x.subarray(at, at + count), floats >> 2);
      run.rangeColumns(floats, count, first, second, third);
    },
  });
  close();
  return { min, max, absMax };
}

/** The channel of a number of the period `channels * inner`. */
const channelOf = (column: number, channels: number, inner: number): number =>
  inner === 1 ? column % channels : Math.floor((column % (channels * inner)) / inner);

type Step = (at: number, count: number, run: (view: ReturnType<typeof viewsOf>) => void) => void;

/** Puts the scales of each piece in place and runs `rows` or `columns` between what `step` copies in and out. */
function eachScaledPiece(
  layout: Layout,
  { scales, zeroPoints }: ChannelScales,
  step: Step,
  rows: (run: Exports, rows: number, inner: number) => void,
  columns: (run: Exports, count: number) => void,
): void {
  const { run, view } = open();
  const { channels, inner } = layout;
  const [scaleAt, zeroAt] = [first >> 2, second >> 2];
  const put = (k: number, c: number): void => {
    view.f32[scaleAt + k] = scales[c]!;
    view.i32[zeroAt + k] = zeroPoints[c]!;
  };
  eachPiece(layout, {
    rows(at, count, length, channel) {
      if (channel + count <= channels) {
        view.f32.set(scales.subarray(channel, channel + count), scaleAt);
        view.i32.set(zeroPoints.subarray(channel, channel + count), zeroAt);
      } else for (let k = 0; k < count; k++) put(k, (channel + k) % channels);
      step(at, count * length, () => rows(run, count, length));
    },
    columns(from, width) {
      if (inner === 1 && from + width <= channels) {
        view.f32.set(scales.subarray(from, from + width), scaleAt);
        view.i32.set(zeroPoints.subarray(from, from + width), zeroAt);
      } else for (let k = 0; k < width; k++) put(k, channelOf(from + k, channels, inner));
    },
    column(at, count) {
      step(at, count, () => columns(run, count));
    },
  });
}

function quantizePieces(x: Float32Array, layout: Layout, scales: ChannelScales, take: (at: number, count: number) => void): void {
  const { view } = open();
  const { lo, hi } = scales;
  eachScaledPiece(
    layout,
    scales,
    (at, count, run) => {
      view.f32.set(x.subarray(at, at + count), floats >> 2);
      run(view);
      take(at, count);
    },
    (run, rows, inner) => run.quantizeRows(floats, codes, first, second, rows, inner, lo, hi),
    (run, count) => run.quantizeColumns(floats, codes, first, second, count, lo, hi),
  );
}

export function quantize8(x: Float32Array, out: Codes8, layout: Layout, scales: ChannelScales): void {
  const { view } = open();
  const bytes = new Uint8Array(out.buffer, out.byteOffset, out.length);
  quantizePieces(x, layout, scales, (at, count) => bytes.set(view.u8.subarray(codes, codes + count), at));
}

export function quantize4(x: Float32Array, out: Uint8Array, layout: Layout, scales: ChannelScales): void {
  const { run, view } = open();
  quantizePieces(x, layout, scales, (at, count) => {
    // A piece that starts or ends inside a byte shares it with its neighbour.
    const odd = at & 1;
    if (odd) out[at >> 1] = (out[at >> 1]! & 15) | ((view.u8[codes]! & 15) << 4);
    const pairs = (count - odd) >> 1;
    run.pack4(codes + odd, packed, pairs * 2);
    out.set(view.u8.subarray(packed, packed + pairs), (at + odd) >> 1);
    const last = (at + count - 1) >> 1;
    if ((count - odd) & 1) out[last] = (out[last]! & 240) | (view.u8[codes + count - 1]! & 15);
  });
  if (x.length & 1) out[x.length >> 1]! &= 15;
}

function dequantizePieces(out: Float32Array, layout: Layout, scales: ChannelScales, signed: number, put: (at: number, count: number) => void): void {
  const { view } = open();
  eachScaledPiece(
    layout,
    scales,
    (at, count, run) => {
      put(at, count);
      run(view);
      out.set(view.f32.subarray(floats >> 2, (floats >> 2) + count), at);
    },
    (run, rows, inner) => run.dequantizeRows(codes, floats, first, second, rows, inner, signed),
    (run, count) => run.dequantizeColumns(codes, floats, first, second, count, signed),
  );
}

export function dequantize8(x: Codes8, out: Float32Array, layout: Layout, scales: ChannelScales): void {
  const { view } = open();
  const bytes = new Uint8Array(x.buffer, x.byteOffset, x.length);
  const signed = Object.prototype.toString.call(x) === '[object Int8Array]' ? 1 : 0;
  dequantizePieces(out, layout, scales, signed, (at, count) => view.u8.set(bytes.subarray(at, at + count), codes));
}

export function dequantize4(x: Uint8Array, out: Float32Array, layout: Layout, scales: ChannelScales): void {
  const { run, view } = open();
  const signed = scales.lo < 0 ? 1 : 0;
  dequantizePieces(out, layout, scales, signed, (at, count) => {
    view.u8.set(x.subarray(at >> 1, (at + count + 1) >> 1), packed);
    run.unpack4(packed, codes, count + (at & 1), signed);
    // An odd start leaves the neighbour's code in front.
    if (at & 1) view.u8.copyWithin(codes, codes + 1, codes + 1 + count);
  });
}
