// .npz files: zips of .npy files. Small ones are read at once, large ones row by row with all arrays in step.

import { byteLengthOf, type Dataset, type DType, type Feeds, type LongWork, stridesOf, type Tensor } from '@modeldiet/tensor';
import { BlobReader, type Entry, type FileEntry, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js/index-native.js';
import { fromArrays, fromFeeds, streamed } from '../dataset';
import { fail } from '../errors';
import { concatFeeds } from '../rows';
import { fromNpy, headerLength, type NpyHeader, parseHeader, tensorOfRaw, toNpy } from './npy';

// Workers would need a URL to load from; the streams of the platform do the work.
const options = { useWebWorkers: false } as const;
const mostResident = 64 * 2 ** 20;
/** A block of rows is never smaller. */
const leastBlock = 1 << 16;

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

const openZip = (source: NpzSource): ZipReader<unknown> =>
  new ZipReader('arrayBuffer' in source ? new BlobReader(source) : new Uint8ArrayReader(source), options);

/** Opens the file, hands its entries to `use`, and closes it. */
async function withEntries<R>(source: NpzSource, { file }: NpzOptions, use: (entries: readonly FileEntry[]) => Promise<R>): Promise<R> {
  const where = file === undefined ? {} : { file };
  const reader = openZip(source);
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

/** Entries of an item: `<number>/<name>.npy`. */
type Items = readonly (readonly [name: string, entry: FileEntry][])[];

/** The entries by item, in the order of their numbers, where all have one. */
function itemsOf(entries: readonly FileEntry[]): Items | undefined {
  const items = new Map<number, [string, FileEntry][]>();
  for (const entry of entries) {
    const [, number, name] = /^(\d{1,15})\/(.+?)(?:\.npy)?$/.exec(entry.filename) ?? [];
    if (number === undefined || name === undefined) return undefined;
    const item = items.get(Number(number)) ?? [];
    items.set(Number(number), item);
    item.push([name, entry]);
  }
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}

async function readItem(item: Items[number], npz: NpzOptions): Promise<Feeds> {
  const feeds: [string, Tensor][] = [];
  for (const [name, entry] of item) feeds.push([name, fromNpy(await bytesOfEntry(entry, npz), entry.filename, npz.dtypes?.[name])]);
  return Object.fromEntries(feeds);
}

async function* streamItems(source: NpzSource, npz: NpzOptions): AsyncGenerator<Feeds> {
  const reader = openZip(source);
  try {
    const files = (await reader.getEntries()).filter((e): e is FileEntry => !e.directory);
    for (const item of itemsOf(files)!) yield await readItem(item, npz);
  } finally {
    await reader.close();
  }
}

/**
 * The arrays of an .npz file as columns (`labels` is called `label`): one item a row when all arrays agree on axis 0, else one item with the arrays as they are. Where every array is called
 * `<number>/<name>`, as {@link datasetToNpz} writes items of different shapes, each number is an item. A file that unpacks to more
 * than `maxResidentBytes` is read row by row (item by item), in constant memory, anew at each iteration (arrays in Fortran order in
 * blocks of so many bytes, each from one reading of all). Errors: `data/npz`, `data/npy`, `data/pickled`, `data/empty`.
 */
export function fromNpz(source: NpzSource, npz: NpzOptions = {}): Promise<Dataset> {
  return withEntries(source, npz, async (entries): Promise<Dataset> => {
    const total = entries.reduce((n, e) => n + e.uncompressedSize, 0);
    const items = itemsOf(entries);
    if (items) {
      if (total > (npz.maxResidentBytes ?? mostResident)) return streamed(() => streamItems(source, npz), items.length);
      const read: Feeds[] = [];
      for (const item of items) read.push(await readItem(item, npz));
      return fromFeeds(read);
    }
    if (total <= (npz.maxResidentBytes ?? mostResident)) {
      const columns: Record<string, Tensor> = {};
      for (const entry of entries) columns[columnName(entry.filename)] = fromNpy(await bytesOfEntry(entry, npz), entry.filename, dtypeOf(entry, npz));
      return hasRows(Object.values(columns)) ? fromArrays(columns) : fromFeeds([columns]);
    }
    const headers: NpyHeader[] = [];
    for (const entry of entries) {
      const { header, close } = await unpack(entry, npz);
      await close();
      headers.push(header);
    }
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
  close(): Promise<void>;
}

/** An entry being unpacked: its header is read, `read(n)` gives the next `n` bytes, or as many as there are. */
interface Unpacking {
  readonly header: NpyHeader;
  read(n: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function unpack(entry: FileEntry, npz: NpzOptions): Promise<Unpacking> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const stop = new AbortController();
  const writing = entry.getData(writable, { ...options, signal: stop.signal }).catch((cause: unknown) => writable.abort(cause).catch(() => {}));
  const pieces = readable.getReader();
  let held: Uint8Array = new Uint8Array(0);
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
    return { header: parseHeader(joined([start, rest]), entry.filename, dtypeOf(entry, npz)), read, close };
  } catch (e) {
    await close();
    throw e;
  }
}

async function openRows(entry: FileEntry, npz: NpzOptions): Promise<Rows> {
  const open = await unpack(entry, npz);
  const { header, read, close } = open;
  const row: NpyHeader = { ...header, fortranOrder: false, dims: [1, ...header.dims.slice(1)] };
  const rowBytes = row.dims.reduce((a, b) => a * b, header.itemBytes);
  if (!header.fortranOrder || header.dims.length < 2) return { header, next: async () => tensorOfRaw(row, await read(rowBytes), entry.filename), close };
  // Fortran order keeps a row's numbers apart by the length of the array: a block of rows is gathered from one reading of all, so that memory stays at the block.
  await close();
  const inBlock = Math.max(1, Math.floor(Math.max(npz.maxResidentBytes ?? mostResident, leastBlock) / Math.max(1, rowBytes)));
  let block = new Uint8Array(0);
  let at = 0;
  const next = async (): Promise<Tensor> => {
    if (at % inBlock === 0) block = await blockOfRows(await unpack(entry, npz), at, Math.min(header.dims[0]!, at + inBlock), rowBytes);
    const from = (at++ % inBlock) * rowBytes;
    return tensorOfRaw(row, block.slice(from, from + rowBytes), entry.filename);
  };
  return { header, next, close: async () => {} };
}

/** Rows `from` to `to` of an array in Fortran order, row-major. */
async function blockOfRows(
  { header: { dims, itemBytes }, read, close }: Unpacking,
  from: number,
  to: number,
  rowBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const out = new Uint8Array((to - from) * rowBytes);
    const [rows, ...inner] = dims as [number, ...number[]];
    const strides = stridesOf(inner);
    const index = inner.map(() => 0);
    const skip = async (n: number): Promise<void> => {
      for (let left = n; left > 0; left -= 1 << 20) await read(Math.min(left, 1 << 20));
    };
    for (let column = 0; column < rowBytes / itemBytes; column++) {
      await skip(from * itemBytes);
      const run = await read((to - from) * itemBytes);
      await skip((rows - to) * itemBytes);
      const place = index.reduce((sum, k, axis) => sum + k * strides[axis]!, 0) * itemBytes;
      for (let r = 0; r < to - from; r++) for (let b = 0; b < itemBytes; b++) out[r * rowBytes + place + b] = run[r * itemBytes + b]!;
      for (let axis = 0; axis < inner.length && ++index[axis]! === inner[axis]; axis++) index[axis] = 0;
    }
    return out;
  } finally {
    await close();
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
  const reader = openZip(source);
  const open: { readonly name: string; readonly rows: Rows }[] = [];
  try {
    for (const entry of await reader.getEntries()) if (!entry.directory) open.push({ name: columnName(entry.filename), rows: await openRows(entry, npz) });
    for (let i = 0; i < open[0]!.rows.header.dims[0]!; i++) {
      const feeds: Record<string, Tensor> = {};
      for (const { name, rows } of open) feeds[name] = await rows.next();
      yield feeds;
    }
  } finally {
    for (const { rows } of open) await rows.close();
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

export interface DatasetToNpzOptions extends LongWork {
  /**
   * `rows`: each input is one array, the items joined along axis 0, which numpy reads at once. `items`: each input of each item is an array of its own, `3/input_ids`, so that an item comes
   * back as it was: inputs without a batch axis, of different lengths, scalars. Default: rows where that is possible.
   */
  readonly layout?: 'rows' | 'items';
}

/** True where the columns of each item have the same rows, and the items the same columns: joined, they can be taken apart again. */
function joinable(items: readonly Feeds[]): boolean {
  const rowOf = (t: Tensor): string => `${t.type} ${t.dims.slice(1)}`;
  const [first = {}] = items;
  const names = Object.keys(first);
  return items.every(
    (item) =>
      Object.keys(item).length === names.length &&
      hasRows(Object.values(item)) &&
      names.every((name) => item[name] !== undefined && rowOf(item[name]) === rowOf(first[name]!)),
  );
}

/**
 * A dataset as an .npz file, for {@link fromNpz}; everything is held in memory. Errors: `data/empty`; `data/columns` for rows that do not fit each other; `data/npy` for types that numpy does
 * not have.
 *
 * @example writeFileSync('feeds.npz', await datasetToNpz(recordFeeds(session, { max: 200 })))
 */
export async function datasetToNpz(ds: AsyncIterable<Feeds>, { layout, signal }: DatasetToNpzOptions = {}): Promise<Uint8Array> {
  const items: Feeds[] = [];
  for await (const item of ds) {
    signal?.throwIfAborted();
    if (Object.keys(item).length === 0) throw fail('columns', { expected: 'at least one input', actual: `none in item ${items.length}` });
    items.push(item);
  }
  if (items.length === 0) throw fail('empty');
  if ((layout ?? (joinable(items) ? 'rows' : 'items')) === 'rows') return toNpz(concatFeeds(items));
  return toNpz(Object.fromEntries(items.flatMap((item, i) => Object.entries(item).map(([name, t]) => [`${i}/${name}`, t] as const))));
}
