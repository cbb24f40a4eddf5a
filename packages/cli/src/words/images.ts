// --images size=48x192,mean=0.5,std=0.5,channels=bgr: how the images of a folder become an input, where the model does not tell.
import type { PixelOptions } from '@modeldiet/data/images';
import { fail } from '../errors';
import { didYouMean } from './suggest';

export type ImageWords = Pick<PixelOptions, 'size' | 'fit' | 'channels' | 'scale' | 'mean' | 'std' | 'layout'>;

const option = '--images';
const wrong = (name: string, expected: string, actual: string) => fail('option-value', { where: { option, value: name }, expected, actual });

const number = (name: string, text: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw wrong(name, 'a number', text);
  return value;
};
/** '0.485/0.456/0.406', or one for all. */
const numbers = (name: string, text: string): number | readonly number[] => {
  const values = text.split('/').map((part) => number(name, part));
  return values.length === 1 ? values[0]! : values;
};
const oneOf =
  <const V extends string>(...values: readonly V[]) =>
  (name: string, text: string): V => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw wrong(name, values.join(', '), text);
    return found;
  };

/** A word is a row: how its value is read. */
const readers = {
  size: (name: string, text: string): readonly [number, number] => {
    const [, height, width] = /^(\d+)x(\d+)$/.exec(text) ?? [];
    if (!height || !width) throw wrong(name, 'HEIGHTxWIDTH', text);
    return [Number(height), Number(width)];
  },
  fit: oneOf('stretch', 'cover', 'contain'),
  channels: oneOf('rgb', 'bgr', 'gray', 'rgba'),
  scale: number,
  mean: numbers,
  std: numbers,
  layout: oneOf('NCHW', 'NHWC'),
} as const satisfies { readonly [K in keyof ImageWords]-?: (name: string, text: string) => NonNullable<ImageWords[K]> };

export const imagesHelp =
  'images of a folder: size=HxW, layout=NCHW|NHWC, channels=rgb|bgr|gray|rgba, fit=stretch|cover|contain, scale (default 1/255), mean, std (one, or one a channel: 0.5/0.5/0.5); what is left out is read off the input';

/** Throws `cli/option-value`. */
export function imageWords(text: string): ImageWords {
  const names = Object.keys(readers);
  const words = text.split(',').map((part) => {
    const [name = '', ...rest] = part.split('=');
    const key = name.trim();
    if (!Object.hasOwn(readers, key) || rest.length !== 1)
      throw fail('option-value', { where: { option }, expected: names.join(', '), actual: part }, `--images has no '${key}'${didYouMean(key, names)}`);
    return [key, readers[key as keyof typeof readers](key, rest[0]!.trim())] as const;
  });
  return Object.fromEntries(words);
}
