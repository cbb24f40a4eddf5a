// Casts between element types through the number formats; what does not fit is counted and said.
import { encodeArray, type FormatName, formats, kernels, largestValue, type NumberFormat, outOfRange, type Rounding } from '@modeldiet/numfmt';
import { elementCount } from './dims';
import { formatOf } from './dtypes';
import { fail } from './errors';
import { toNumbers } from './float32';
import { tensor } from './tensor';
import type { DataOf, DType, Tensor } from './types';
import type { LongWork } from './work';

export interface CastOptions extends Pick<LongWork, 'onWarning'> {
  /** Default: floats to integers toward zero, as ONNX Cast; to floats nearest even; to float8e8m0 up. */
  readonly rounding?: Rounding;
  /** Out of range becomes the nearest number (default for integers, float8, float4) or infinity or NaN (default for float16 and wider). */
  readonly saturate?: boolean;
  readonly random?: () => number;
  /** Named in the warning. */
  readonly name?: string;
}

/**
 * The tensor in another type. Integers saturate (ONNX leaves floats out of range undefined and wraps integers; `saturate: false` wraps). Numbers that do not fit are counted in one
 * warning `tensor/saturated` or `tensor/overflow`. The same type is returned as it is. bool: zero is false, all else true. Error: `tensor/not-numeric` for strings and complex numbers.
 */
export function cast<T extends DType>(t: Tensor, type: T, options: CastOptions = {}): Tensor<T> {
  const from: DType = t.type;
  if (from === (type as DType)) return t as unknown as Tensor<T>;
  const kind: DType = type;
  if (kind === 'bool') return tensor(type, Uint8Array.from(toNumbers(t), (x) => (x === 0 ? 0 : 1)) as DataOf[DType] as DataOf[T], t.dims);
  const format = formatOf(type);
  if (!format) throw fail('not-numeric', { actual: type });
  // 64-bit integers stay exact on their way to integers.
  const wide = (t.type === 'int64' || t.type === 'uint64') && format.kind === 'int' && format.bits === 64;
  const values = wide ? t.data : toNumbers(t);
  const { rounding = defaultRounding(format), saturate, random } = options;
  const data = encodeArray(values, formats[type as FormatName], { rounding, saturate, random });
  if (options.onWarning) warn(values, format.name, elementCount(t.dims), options);
  return tensor(type, data as DataOf[DType] as DataOf[T], t.dims);
}

const defaultRounding = (format: NumberFormat): Rounding => (format.kind === 'int' ? 'towardZero' : format.kind === 'exponent' ? 'up' : 'nearestEven');

function warn(values: ArrayLike<number> | ArrayLike<bigint>, type: FormatName, total: number, { onWarning, saturate, name, rounding }: CastOptions): void {
  const format = formats[type];
  const saturates = saturate ?? (format.kind === 'float' ? format.saturates : true);
  // The common case in one pass at memory speed: nothing lies beyond the largest number.
  if (format.kind === 'float' && values instanceof Float32Array && values.length > 0) {
    const { absMax } = kernels().ranges(values, { outer: 1, channels: 1, inner: values.length });
    if (absMax[0]! <= largestValue(format)) return;
  }
  const outside = outOfRange(format, rounding ?? defaultRounding(format), saturates);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (outside(values[i]!)) count++;
  if (count === 0) return;
  const became = saturates || format.name === 'float4e2m1' ? 'the nearest one it has' : format.kind === 'int' ? 'their low bits' : 'infinity or NaN';
  onWarning?.({
    code: saturates ? 'tensor/saturated' : 'tensor/overflow',
    message: `${count} of ${total} numbers are out of the range of ${type} and became ${became}`,
    where: name === undefined ? {} : { value: name },
    count,
  });
}
