// What a user names on the command line, as a dataset: `digits`, a .csv, .jsonl or .npz file (gzip for text), a folder of images, a ./feeds.mjs module.
import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import type { Dataset } from '@modeldiet/tensor';
import { type CsvOptions, fromCsv, fromCsvInMemory } from '../csv';
import { digits } from '../digits';
import { fail } from '../errors';
import type { ImagesOptions } from '../images/images';
import { fromJsonLines, type JsonLinesOptions } from '../jsonl';
import { fromModule, type ModuleMetric, ofModule } from '../module';
import { fromNpz } from '../npz';
import type { Source } from '../source';
import { cache } from '../transforms';
import { fromImageFolder } from './image-folder';

export interface FromPathOptions {
  readonly csv?: CsvOptions;
  readonly jsonl?: JsonLinesOptions;
  /** For a folder of images. */
  readonly images?: ImagesOptions;
  /** Files of at most so many bytes are held in memory, which shuffle and split need. Default 64 MiB. */
  readonly maxResidentBytes?: number;
}

/** A file as pieces, opened anew at each reading; `.gz` is unpacked. */
export const fileSource =
  (path: string): (() => AsyncIterable<Uint8Array>) =>
  () => {
    const stream = createReadStream(path, { highWaterMark: 1 << 20 });
    return path.endsWith('.gz') ? stream.pipe(createGunzip()) : stream;
  };

type Reader = (path: string, options: FromPathOptions, small: boolean) => Dataset | Promise<Dataset & { readonly metric?: ModuleMetric }>;

const csv: Reader = (path, options, small) => {
  const source: Source = fileSource(path);
  return small ? fromCsvInMemory(source, { file: path, ...options.csv }) : fromCsv(source, { file: path, ...options.csv });
};
const jsonl: Reader = (path, options, small) => {
  const ds = fromJsonLines(fileSource(path), { file: path, ...options.jsonl });
  return small ? cache(ds) : ds;
};
const module: Reader = async (path) => fromModule(await ofModule(() => import(pathToFileURL(resolve(path)).href), path));
const npz: Reader = async (path, { maxResidentBytes }) =>
  fromNpz(await openAsBlob(path), { file: path, ...(maxResidentBytes === undefined ? {} : { maxResidentBytes }) });

const readers: Readonly<Record<string, Reader>> = {
  '.csv': csv,
  '.tsv': csv,
  '.jsonl': jsonl,
  '.ndjson': jsonl,
  '.npz': npz,
  '.mjs': module,
  '.js': module,
  '.cjs': module,
};

/**
 * The dataset a path names. Errors: `data/unknown-path` for a file that is not there, or an ending without a reader; else those of the reader.
 *
 * @example await fromPath('digits')
 */
export async function fromPath(path: string, options: FromPathOptions = {}): Promise<Dataset & { readonly metric?: ModuleMetric }> {
  if (path === 'digits') return digits();
  const read = readers[extname(path.replace(/\.gz$/, ''))];
  const endings = `digits, a folder of images, or a file ending in ${Object.keys(readers).join(', ')}`;
  const found = await stat(path).catch((cause: unknown) => {
    throw fail('unknown-path', { where: { file: path }, expected: endings, cause }, 'no such file');
  });
  if (found.isDirectory()) return fromImageFolder(path, options.images);
  if (!read || !found.isFile()) throw fail('unknown-path', { where: { file: path }, expected: endings });
  return read(path, options, found.size <= (options.maxResidentBytes ?? 64 * 2 ** 20));
}
