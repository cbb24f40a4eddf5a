// .npz files: zips of .npy files. Small ones are read at once, large ones row by row with all arrays in step.

import { byteLengthOf, type Dataset, type DType, type Feeds, type LongWork, type Tensor } from '@modeldiet/tensor';
import { BlobReader, type Entry, type FileEntry, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js/index-native.js';
import { fromArrays, fromFeeds, streamed } from '../dataset';
import { fail } from '../errors';
import { concatFeeds } from '../rows';
import { fromNpy, headerLength, type NpyHeader, parseHeader, tensorOfRaw, toNpy } from './npy';

// Workers would need a URL to load from; the streams of the platform do the work.
const options = { useWebWorkers: false } as const;

export interface NpzOptions {
  /** Files that unpack to at most so many bytes are held in memory, in any order. Default 64 MiB. */
  readonly maxResidentBytes?: number;
  /** What arrays of void types hold: `{ w: 'bfloat16' }`. */
  readonly dtypes?: Readonly<Record<string, DType>>;
  /** Named in errors. */
  readonly file?: string;
}

type NpzSource = Uint8Array | Blob;

/** The arrays of the file: an array `labels` is called `label`. */
const columnName = (filename: string): string => {
  const name = filename.replace(/\.npy$/, '');
  return name === 'labels' ? 'label' : name;
};

/** Opens the file, hands its entries to `use`, and closes it. */
async function withEntries<R>(source: NpzSource, { file }: NpzOptions, use: (entries: readonly FileEntry[]) => Promise<R>): Promise<R> {
  const where = file === undefined ? {} : { file };
  const reader = new ZipReader('arrayBuffer' in source ? new BlobReader(source) : new Uint8ArrayReader(source), options);
  try {
    let entries: readonly Entry[];
    try {
      entries = await reader.getEntries();
    } catch (cause) {
      throw fail('npz', { where, cause, actual: cause instanceof Error ? cause.message : String(cause) });
    }
    const files = entries.filter((e): e is FileEntry => !e.directory);
    if (files.length === 0) throw fail('empty', { where }, 'the file holds no arrays');
    return await use(files);
  } finally {
    await reader.close();
  }
}

/** One entry's bytes; at most as many as its directory entry says. */
async function bytesOfEntry(entry: FileEntry, { file }: NpzOptions): Promise<Uint8Array> {
  try {
    return await entry.getData(new Uint8ArrayWriter(), options);
  } catch (cause) {
    throw fail('npz', {
      where: { ...(file === undefined ? {} : { file }), value: entry.filename },
      cause,
      actual: cause instanceof Error ? cause.message : String(cause),
    });
  }
}

/** Every array of the file, by name. Errors: `data/npz`, `data/npy`, `data/pickled`, `data/empty`. */
export const readNpz = (source: NpzSource, npz: NpzOptions = {}): Promise<Readonly<Record<string, Tensor>>> =>
  withEntries(source, npz, async (entries) => {
    const arrays: Record<string, Tensor> = {};
    for (const entry of entries) {
      const name = entry.filename.replace(/\.npy$/, '');
      arrays[name] = fromNpy(await bytesOfEntry(entry, npz), name, npz.dtypes?.[name]);
    }
    return arrays;
  });

/**
 * The arrays of an .npz file as columns (`labels` is called `label`): one item a row when all arrays agree on axis 0, else one item with the arrays as they are. A file that unpacks to more
 * than `maxResidentBytes` is read row by row, in constant memory, anew at each iteration (arrays in Fortran order are then refused). Errors: `data/npz`, `data/npy`, `data/pickled`, `data/empty`.
 */
export function fromNpz(source: NpzSource, npz: NpzOptions = {}): Promise<Dataset> {
  return withEntries(source, npz, async (entries): Promise<Dataset> => {
    const total = entries.reduce((n, e) => n + e.uncompressedSize, 0);
    if (total <= (npz.maxResidentBytes ?? 64 * 2 ** 20)) {
      const columns: Record<string, Tensor> = {};
      for (const entry of entries) columns[columnName(entry.filename)] = fromNpy(await bytesOfEntry(entry, npz), entry.filename, dtypeOf(entry, npz));
      return hasRows(Object.values(columns)) ? fromArrays(columns) : fromFeeds([columns]);
    }
    const headers: NpyHeader[] = [];
    for (const entry of entries) headers.push(await withRows(entry, npz, async (rows) => rows.header));
    if (!hasRows(headers))
      throw fail(
        'npz',
        { expected: 'arrays that agree on axis 0', actual: headers.map((h) => `[${h.dims}]`) },
        'a file too large for memory is read row by row',
      );
    return streamed(() => streamRows(source, npz), headers[0]!.dims[0]!);
  });
}

const dtypeOf = (entry: FileEntry, { dtypes }: NpzOptions): DType | undefined => dtypes?.[entry.filename.replace(/\.npy$/, '')];
const hasRows = (arrays: readonly { readonly dims: readonly number[] }[]): boolean =>
  arrays.every((t) => t.dims.length > 0 && t.dims[0] === arrays[0]!.dims[0]);

/** A reader of one array's rows, in order. */
interface Rows {
  readonly header: NpyHeader;
  next(): Promise<Tensor>;
}

/** Streams an entry through `use`. */
async function withRows<R>(entry: FileEntry, npz: NpzOptions, use: (rows: Rows) => Promise<R>): Promise<R> {
  const { rows, close } = await openRows(entry, npz);
  try {
    return await use(rows);
  } finally {
    await close();
  }
}

async function openRows(entry: FileEntry, npz: NpzOptions): Promise<{ readonly rows: Rows; close(): Promise<void> }> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const stop = new AbortController();
  const writing = entry.getData(writable, { ...options, signal: stop.signal }).catch((cause: unknown) => writable.abort(cause).catch(() => {}));
  const pieces = readable.getReader();
  let held: Uint8Array = new Uint8Array(0);
  /** The next `n` bytes, or as many as there are. */
  const read = async (n: number): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    let have = held.length;
    if (have < n) parts.push(held);
    while (have < n) {
      const { value, done } = await pieces.read();
      if (done) break;
      parts.push(value);
      have += value.length;
    }
    if (parts.length > 0) held = joined(parts);
    const taken = held.subarray(0, n);
    held = held.subarray(taken.length);
    return taken;
  };
  const close = async (): Promise<void> => {
    stop.abort();
    await pieces.cancel().catch(() => {});
    await writing;
  };
  try {
    const start = await read(12);
    const length = headerLength(start, entry.filename) ?? start.length;
    const rest = await read(Math.max(0, length - start.length));
    const header = parseHeader(joined([start, rest]), entry.filename, dtypeOf(entry, npz));
    if (header.fortranOrder && header.dims.length > 1)
      throw fail('npy', { where: { value: entry.filename }, expected: 'C order', actual: 'Fortran order' }, 'rows of a large array');
    const dims = [1, ...header.dims.slice(1)];
    const rowBytes = dims.reduce((a, b) => a * b, header.itemBytes);
    return { rows: { header, next: async () => tensorOfRaw({ ...header, dims }, await read(rowBytes), entry.filename) }, close };
  } catch (e) {
    await close();
    throw e;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

async function* streamRows(source: NpzSource, npz: NpzOptions): AsyncGenerator<Feeds> {
  const reader = new ZipReader('arrayBuffer' in source ? new BlobReader(source) : new Uint8ArrayReader(source), options);
  const open: { readonly name: string; readonly rows: Rows; close(): Promise<void> }[] = [];
  try {
    for (const entry of await reader.getEntries()) if (!entry.directory) open.push({ name: columnName(entry.filename), ...(await openRows(entry, npz)) });
    for (let i = 0; i < open[0]!.rows.header.dims[0]!; i++) {
      const feeds: Record<string, Tensor> = {};
      for (const { name, rows } of open) feeds[name] = await rows.next();
      yield feeds;
    }
  } finally {
    for (const { close } of open) await close();
    await reader.close();
  }
}

/** Arrays as an .npz file, as `numpy.savez_compressed` writes it. Error: `data/npy` for types that numpy does not have. */
export async function toNpz(arrays: Readonly<Record<string, Tensor>>): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { ...options, extendedTimestamp: false, lastModDate: new Date(1980, 0, 1) });
  for (const [name, t] of Object.entries(arrays))
    await writer.add(`${name}.npy`, new Uint8ArrayReader(toNpy(t)), { zip64: byteLengthOrZero(t) >= 2 ** 32 - 2 ** 16 });
  return writer.close();
}

const byteLengthOrZero = (t: Tensor): number => (t.type === 'string' ? 0 : byteLengthOf(t.type, t.dims));

/** The rows of a dataset joined into one .npz file; everything is held in memory. Errors: `data/columns`, `data/npy`. */
export async function datasetToNpz(ds: AsyncIterable<Feeds>, work: LongWork = {}): Promise<Uint8Array> {
  const items: Feeds[] = [];
  for await (const item of ds) {
    work.signal?.throwIfAborted();
    items.push(item);
  }
  return toNpz(concatFeeds(items));
}
