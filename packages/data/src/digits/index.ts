// The 1,797 handwritten digits of UCI's "Optical Recognition of Handwritten Digits" (E. Alpaydin, C. Kaynak, 1998; CC BY 4.0), carried in the package.
import { type Dataset, type Tensor, tensor } from '@modeldiet/tensor';
import { fromArrays } from '../dataset';
import { splitIndices } from '../split';
import { pick } from '../transforms';
import { columns, count } from './digits.generated';

/** All digits: `x` float32 [1797, 64], pixels 0..16 of 8 x 8 images row by row; `label` int64 [1797]. */
export function digitsColumns(): { readonly x: Tensor<'float32'>; readonly label: Tensor<'int64'> } {
  const number = (digit: number, column: number): number => columns.charCodeAt(column * count + digit) - 97;
  const x = new Float32Array(count * 64);
  const label = new BigInt64Array(count);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 64; k++) x[i * 64 + k] = number(i, k);
    label[i] = BigInt(number(i, 64));
  }
  return { x: tensor('float32', x, [count, 64]), label: tensor('int64', label, [count]) };
}

/** One item a digit: `x` float32 [1, 64], raw 0..16, and `label` int64 [1]. */
export const digits = (): Dataset => fromArrays(digitsColumns());

/** How many of the digits are for training, validation and test. */
export const digitsSizes = [1077, 360, 360] as const;

/** The digits in three stratified parts of 1,077, 360 and 360; the same for the same seed. */
export function digitsSplit({ seed = 0 }: { readonly seed?: number | string } = {}): {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
} {
  const data = digitsColumns();
  const all = fromArrays(data);
  const [train, validation, test] = splitIndices(count, digitsSizes, { seed, labels: Array.from(data.label.data, Number) });
  return { train: pick(all, train!), validation: pick(all, validation!), test: pick(all, test!) };
}
