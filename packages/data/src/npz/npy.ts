// The .npy format (NEP 1, versions 1 to 3): a header that is a Python literal, then raw numbers. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { byteLengthOf, bytesOf, type DType, elementCount, stridesOf, type Tensor, tensor, tensorFromBytes } from '@modeldiet/tensor';
import { fail } from '../errors';

export interface NpyHeader {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly fortranOrder: boolean;
  readonly littleEndian: boolean;
  /** Bytes of one item in the file. */
  readonly itemBytes: number;
  /** What the file calls its type; `<U5` and `|S5` are strings of 5 characters or bytes. */
  readonly descr: string;
  /** Bytes before the first number. */
  readonly offset: number;
}

const kinds: Readonly<Record<string, DType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** A header longer than this is no header. */
const mostHeader = 1 << 20;

/** Bytes of a file that hold its whole header, or undefined when `bytes` are too few to tell. Error: `data/npy`. */
export function headerLength(bytes: Uint8Array, name: string): number | undefined {
  if (magic.some((b, i) => i < bytes.length && bytes[i] !== b)) throw fail('npy', { where: { value: name } }, 'no .npy file: its first bytes are off');
  if (bytes.length < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const major = bytes[6]!;
  if (major < 1 || major > 3) throw fail('npy', { where: { value: name }, expected: 'version 1, 2 or 3', actual: major });
  const length = major === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (length > mostHeader) throw fail('npy', { where: { value: name }, expected: `a header of at most ${mostHeader} bytes`, actual: length });
  return length;
}

/** Reads the header at the start of `bytes`. `dtypes` names what void types hold (`<V2` may be bfloat16). Errors: `data/npy`, `data/pickled` for arrays of Python objects. */
export function parseHeader(bytes: Uint8Array, name: string, as?: DType): NpyHeader {
  const where = { value: name };
  const offset = headerLength(bytes, name);
  if (offset === undefined || offset > bytes.length) throw fail('npy', { where }, 'the file ends inside its header');
  const text = new TextDecoder('utf-8').decode(bytes.subarray(bytes[6] === 1 ? 10 : 12, offset)).trim();
  const descr = /'descr'\s*:\s*('([^']*)'|\[)/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (!descr || !order || !shape) throw fail('npy', { where, actual: text.slice(0, 200) }, 'the header is not a .npy header');
  if (descr[2] === undefined) throw fail('npy', { where, actual: 'a structured type' }, 'only arrays of plain numbers or strings are read');
  if (/O/.test(descr[2])) throw fail('pickled', { where, actual: descr[2] });
  const dims = shape[1]!
    .split(',')
    .map((d) => d.trim().replace(/L$/, ''))
    .filter((d) => d !== '')
    .map(Number);
  elementCount(dims);
  return { ...typeOf(descr[2], where, as), dims, fortranOrder: order[1] === 'True', offset, descr: descr[2] };
}

function typeOf(descr: string, where: { readonly value: string }, as?: DType): Pick<NpyHeader, 'dtype' | 'littleEndian' | 'itemBytes'> {
  const [, order = '|', kind = '', size = ''] = /^([<>|=]?)([A-Za-z])(\d*)$/.exec(descr) ?? [];
  const littleEndian = order !== '>';
  const count = Number(size);
  if (kind === 'U') return { dtype: 'string', littleEndian, itemBytes: count * 4 };
  if (kind === 'S') return { dtype: 'string', littleEndian, itemBytes: count };
  const dtype = kind === 'V' ? as : kinds[`${kind}${size}`];
  if (!dtype || (kind === 'V' && byteLengthOf(dtype, [1]) !== count))
    throw fail(
      'npy',
      { where, expected: kind === 'V' ? `a dtype of ${count} bytes for it, by option` : 'a type that ONNX has', actual: descr },
      'type of the array',
    );
  return { dtype, littleEndian, itemBytes: count };
}

/** The tensor of a header and its raw numbers (which are copied only when they are not aligned, big-endian, or in Fortran order). Error: `data/npy` for too many or too few bytes. */
export function tensorOfRaw(header: NpyHeader, raw: Uint8Array, name: string): Tensor {
  const { dtype, dims, fortranOrder, littleEndian, itemBytes } = header;
  const count = elementCount(dims);
  if (raw.length !== count * itemBytes) throw fail('npy', { where: { value: name }, expected: `${count * itemBytes} bytes of numbers`, actual: raw.length });
  const ordered = fortranOrder && dims.length > 1 ? rowMajor(raw, dims, itemBytes) : raw;
  if (dtype === 'string') return tensor('string', stringsOf(ordered, header, count), dims);
  const part = dtype.startsWith('complex') ? itemBytes / 2 : itemBytes;
  return tensorFromBytes(dtype, dims, littleEndian || part === 1 ? ordered : swapped(ordered, part));
}

function rowMajor(raw: Uint8Array, dims: readonly number[], itemBytes: number): Uint8Array {
  const out = new Uint8Array(raw.length);
  const strides = stridesOf(dims);
  const index = new Array<number>(dims.length).fill(0);
  // Fortran order: the first index runs fastest.
  for (let from = 0; from < raw.length; from += itemBytes) {
    const to = index.reduce((sum, k, axis) => sum + k * strides[axis]!, 0) * itemBytes;
    for (let b = 0; b < itemBytes; b++) out[to + b] = raw[from + b]!;
    for (let axis = 0; axis < dims.length && ++index[axis]! === dims[axis]; axis++) index[axis] = 0;
  }
  return out;
}

function swapped(raw: Uint8Array, size: number): Uint8Array {
  const out = raw.slice();
  for (let at = 0; at < out.length; at += size) out.subarray(at, at + size).reverse();
  return out;
}

function stringsOf(raw: Uint8Array, { descr, itemBytes, littleEndian }: NpyHeader, count: number): readonly string[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const wide = descr.includes('U');
  const latin = new TextDecoder();
  return Array.from({ length: count }, (_, i) => {
    if (!wide) return latin.decode(raw.subarray(i * itemBytes, (i + 1) * itemBytes)).replace(/\0+$/, '');
    const points = Array.from({ length: itemBytes / 4 }, (_, k) => view.getUint32(i * itemBytes + k * 4, littleEndian));
    return String.fromCodePoint(...points).replace(/\0+$/, '');
  });
}

/** Reads a whole .npy file. Errors: `data/npy`, `data/pickled`. */
export function fromNpy(bytes: Uint8Array, name = 'array', as?: DType): Tensor {
  const header = parseHeader(bytes, name, as);
  return tensorOfRaw(header, bytes.subarray(header.offset), name);
}

const descrs: Readonly<Partial<Record<DType, string>>> = Object.fromEntries(
  Object.entries(kinds).map(([kind, dtype]) => [dtype, `${/1$/.test(kind) ? '|' : '<'}${kind}`]),
);

/** The header of a .npy file for `dims` rows of this type, padded to 64 bytes. Error: `data/npy` for types that numpy does not have. */
export function npyHeader(descr: string, dims: readonly number[]): Uint8Array {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const out = new Uint8Array(length).fill(0x20);
  out.set(magic);
  out.set([1, 0], 6);
  new DataView(out.buffer).setUint16(8, length - 10, true);
  out.set(new TextEncoder().encode(text), 10);
  out[length - 1] = 0x0a;
  return out;
}

/** The tensor as a .npy file. Error: `data/npy` for bfloat16, float8 and types below 8 bits, which numpy does not have: cast them first. */
export function toNpy(t: Tensor): Uint8Array {
  const [descr, raw] = rawOf(t);
  const header = npyHeader(descr, t.dims);
  const out = new Uint8Array(header.length + raw.length);
  out.set(header);
  out.set(raw, header.length);
  return out;
}

function rawOf(t: Tensor): readonly [string, Uint8Array] {
  if (t.type !== 'string') {
    const descr = descrs[t.type];
    if (!descr) throw fail('npy', { expected: Object.keys(descrs), actual: t.type }, 'numpy has no such type');
    return [descr, bytesOf(t)];
  }
  const points = t.data.map((s) => Array.from(s, (c) => c.codePointAt(0)!));
  const width = Math.max(1, ...points.map((p) => p.length));
  const raw = new Uint8Array(points.length * width * 4);
  const view = new DataView(raw.buffer);
  for (const [i, p] of points.entries()) for (const [k, c] of p.entries()) view.setUint32((i * width + k) * 4, c, true);
  return [`<U${width}`, raw];
}
