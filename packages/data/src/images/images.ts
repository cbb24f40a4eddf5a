// Image files as a dataset. The platform decodes in browsers; elsewhere a decoder is given.
import { isModelDietError } from '@modeldiet/numfmt';
import { type Dataset, type Feeds, tensor } from '@modeldiet/tensor';
import { indexed } from '../dataset';
import { fail } from '../errors';
import { imageTensor, type PixelOptions, type Pixels } from './pixels';

/** Bytes of a PNG, JPEG or whatever it knows to pixels; throws for what it cannot read. */
export type ImageDecoder = (bytes: Uint8Array, name: string) => Pixels | Promise<Pixels>;

/** One image; `label` is its class index. */
export interface ImageItem {
  readonly name: string;
  readonly label?: number;
  bytes(): Uint8Array | Promise<Uint8Array>;
}

export interface ImagesOptions extends PixelOptions {
  /** The input's name; default `x`. */
  readonly input?: string;
  /** Default: the browser's own. */
  readonly decode?: ImageDecoder;
}

/** The browser's decoder (createImageBitmap on an OffscreenCanvas; workers have both). Error: `data/no-decoder` where the platform has none. */
export const browserDecoder: ImageDecoder = async (bytes, name) => {
  if (typeof createImageBitmap !== 'function' || typeof OffscreenCanvas !== 'function') throw fail('no-decoder', { where: { file: name } });
  const bitmap = await createImageBitmap(new Blob([bytes.slice()]), { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw fail('no-decoder', { where: { file: name } });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
};

/**
 * One item an image: `x` [1, C, H, W] (or as the options say), and `label` int64 [1] where images have one; decoded when asked for. Errors: `data/image` with the file's name for what does not
 * decode, `data/no-decoder`, `data/label` when only some have labels, `data/empty`.
 */
export function fromImages(items: readonly ImageItem[], { input = 'x', decode = browserDecoder, ...options }: ImagesOptions = {}): Dataset {
  if (items.length === 0) throw fail('empty', {}, 'no images');
  const labelled = items.filter((item) => item.label !== undefined).length;
  if (labelled !== 0 && labelled !== items.length)
    throw fail('label', { expected: 'a label for every image or for none', actual: `${labelled} of ${items.length}` });
  return indexed(items.length, async (i): Promise<Feeds> => {
    const { name, label, bytes } = items[i]!;
    let pixels: Pixels;
    try {
      pixels = await decode(await bytes(), name);
    } catch (cause) {
      if (isModelDietError(cause)) throw cause;
      throw fail('image', { where: { file: name }, cause, actual: cause instanceof Error ? cause.message : String(cause) });
    }
    const x = imageTensor(pixels, options, name);
    return label === undefined ? { [input]: x } : { [input]: x, label: tensor('int64', BigInt64Array.of(BigInt(label)), [1]) };
  });
}
