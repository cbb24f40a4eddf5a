// Scale and zero point from a range or from values. q = clamp(round(x / scale) + zeroPoint), x' = (q - zeroPoint) * scale; zero is always exact.
import { noRow } from '../codec';
import { fail } from '../errors';
import { type Granularity, perTensor, scaleDims } from './granularity';
import { type RangeMethod, rangesBy } from './method';
import { codeRange, middleCode, type QuantizedFormat, type Scheme, scaleOf, scaleOfRange, symmetricSpan, type ValueRange } from './scale';

export interface QParams {
  readonly format: QuantizedFormat;
  /** At most the format's: codes stay in the range of an integer of so many bits (int8 with 7 bits: -64..63). */
  readonly bits: number;
  /** One entry for the tensor, a channel or a block, row-major in {@link scaleDims}. */
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  readonly granularity: Granularity;
  /** Dims of the tensor that is quantized; any number of elements goes with perTensor. */
  readonly dims: readonly number[];
  /** The type of the scales where it is not float32: quotients and products are rounded to it, as ONNX does. */
  readonly precision?: 'float16' | 'bfloat16';
}

export interface QParamsOptions {
  readonly format: QuantizedFormat;
  readonly bits?: number;
  /** Default symmetric. Float formats are always symmetric. */
  readonly scheme?: Scheme;
  /** Default perTensor. */
  readonly granularity?: Granularity;
  /** Dims of the values; needed unless perTensor. */
  readonly dims?: readonly number[];
  /** One bit less than `bits`, for kernels that add pairs of products in 16 bits. Default false. */
  readonly reduceRange?: boolean;
  /** How the range is chosen from values; default minMax. */
  readonly method?: RangeMethod;
}

const isRange = (x: ValueRange | ArrayLike<number>): x is ValueRange => 'min' in x;

/** Checks the options and gives the number of bits that codes may use. */
function bitsOf({ format, bits = format.bits, reduceRange = false }: QParamsOptions): number {
  if (!format.bits) throw noRow(format);
  const used = reduceRange ? bits - 1 : bits;
  const fixed = format.kind === 'float';
  if (!Number.isInteger(bits) || bits > format.bits || used < 2 || (fixed && used !== format.bits))
    throw fail('qparams', { where: { option: 'bits' }, expected: fixed ? format.bits : `2 to ${format.bits}`, actual: used });
  return used;
}

/**
 * Scale and zero point of a range, or of values (their minimum and maximum, seen in one pass). Zero is always representable. Defined for what has no range: empty, all-zero: scale 1;
 * a scale below 2^-126 is raised to it. Errors: `numfmt/not-finite` for NaN and infinity, `numfmt/range` for min > max, `numfmt/qparams`, `numfmt/granularity`, `numfmt/length`.
 *
 * @example chooseQParams([-0.81, 0.79], { format: int8 }).scale // Float32Array [0.81 / 127]
 */
export function chooseQParams(values: ValueRange | ArrayLike<number>, options: QParamsOptions): QParams {
  const { format, scheme = 'symmetric', granularity = perTensor(), dims = [], method = 'minMax' } = options;
  const bits = bitsOf(options);
  const shape = scaleDims(granularity, dims);
  const count = shape.reduce((a, b) => a * b, 1);
  if (isRange(values) && method !== 'minMax') throw fail('qparams', { where: { option: 'method' }, expected: 'values to choose from', actual: 'a range' });
  const range = isRange(values) ? values : rangesBy(method, values, { format, bits, scheme, granularity, dims });
  const scale = new Float32Array(count);
  const zeroPoint = new Int32Array(count).fill(middleCode(format, bits));
  const mins = ends(range.min, count);
  const maxs = ends(range.max, count);
  // The common case without a call for each of millions of blocks.
  const span = scheme === 'symmetric' || format.kind === 'float' ? symmetricSpan(format, bits) : undefined;
  for (let i = 0; i < count; i++) {
    let min = mins[i]!;
    let max = maxs[i]!;
    if (!(min <= max && max - min < Number.POSITIVE_INFINITY)) {
      checkRange(min, max, i, shape);
      min = 0;
      max = 0;
    }
    if (span !== undefined) scale[i] = scaleOf(Math.max(-min, max), span);
    else ({ scale: scale[i], zeroPoint: zeroPoint[i] } = scaleOfRange(min, max, format, bits, scheme));
  }
  return { format, bits, scale, zeroPoint, granularity, dims };
}

/** One end of the range for each scale. */
function ends(end: number | ArrayLike<number>, count: number): ArrayLike<number> {
  if (typeof end === 'number') return new Array<number>(count).fill(end);
  if (end.length < count) throw fail('length', { expected: count, actual: end.length }, 'entries of the range');
  return end;
}

/** Throws unless the range is what an empty channel gives: nothing to represent. */
function checkRange(min: number, max: number, i: number, shape: readonly number[]): void {
  if (min === Number.POSITIVE_INFINITY && max === Number.NEGATIVE_INFINITY) return;
  if (!(Number.isFinite(min) && Number.isFinite(max)))
    throw fail('not-finite', { actual: `${min} to ${max}` }, `range of ${shape.length ? `scale ${i}` : 'the values'}`);
  if (min > max) throw fail('range', { expected: 'min <= max', actual: `${min} > ${max}` });
}

/** Throws `numfmt/qparams` or `numfmt/length` when the entries do not fit the granularity. */
export function checkQParams({ format, bits, scale, zeroPoint, granularity, dims }: QParams): void {
  const count = scaleDims(granularity, dims).reduce((a, b) => a * b, 1);
  if (scale.length !== count) throw fail('qparams', { where: { option: 'scale' }, expected: `${count} entries`, actual: scale.length });
  if (zeroPoint.length !== count) throw fail('qparams', { where: { option: 'zeroPoint' }, expected: `${count} entries`, actual: zeroPoint.length });
  const { lo, hi } = format.kind === 'float' ? { lo: 0, hi: 0 } : codeRange({ format, bits });
  for (let i = 0; i < zeroPoint.length; i++)
    if (zeroPoint[i]! < lo || zeroPoint[i]! > hi)
      throw fail('qparams', { where: { option: 'zeroPoint' }, expected: lo === hi ? lo : `${lo} to ${hi}`, actual: zeroPoint[i] });
}
