// A folder of images as a dataset: one sub-folder a class, or all images side by side without labels.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '@modeldiet/tensor';
import { fail } from '../errors';
import { fromImages, type ImageItem, type ImagesOptions } from '../images/images';
import { nodeDecoder } from './decode-image';

const isImage = /\.(png|jpe?g)$/i;

/** A dataset of images, and the names of their classes in the order of the labels. */
export type ImageFolder = Dataset & { readonly classes: readonly string[] };

/** PNG and JPEG images of `folder` in order of their names; each sub-folder is a class. Errors: `data/unknown-path`, `data/empty` for a folder without images; those of fromImages. */
export async function fromImageFolder(folder: string, options: ImagesOptions = {}): Promise<ImageFolder> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw fail('unknown-path', { where: { file: folder }, expected: 'a folder of images', cause });
  });
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const item = (path: string, label?: number): ImageItem => ({ name: path, ...(label === undefined ? {} : { label }), bytes: () => readFile(path) });
  const files = entries.filter((e) => e.isFile() && isImage.test(e.name)).map((e) => e.name);
  const folders = entries.filter((e) => e.isDirectory() && !e.name.startsWith('.')).map((e) => e.name);
  const classes: string[] = [];
  const items: ImageItem[] = files.sort(byName).map((name) => item(join(folder, name)));
  if (files.length === 0)
    for (const name of folders.sort(byName)) {
      const inside = (await readdir(join(folder, name))).filter((file) => isImage.test(file)).sort(byName);
      if (inside.length === 0) continue;
      classes.push(name);
      for (const file of inside) items.push(item(join(folder, name, file), classes.length - 1));
    }
  if (items.length === 0) throw fail('empty', { where: { file: folder }, expected: '.png or .jpg files, or a sub-folder of them for each class' }, 'no images');
  return { ...fromImages(items, { decode: nodeDecoder, ...options }), classes };
}
