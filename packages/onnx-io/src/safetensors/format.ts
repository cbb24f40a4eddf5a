// The safetensors format (github.com/huggingface/safetensors): 8 bytes of header length, a JSON header, the data; every length is checked before it is used.
import { byteLengthOf, type DType } from '@modeldiet/tensor';
import { elementCount } from '../dtypes';
import { fail } from '../errors';

/** Names of element types, in the order of the reference writer, which puts the last ones first; F6 types, which nothing here can hold, are missing. */
const dtypes: Readonly<Record<string, DType>> = {
  BOOL: 'bool',
  F4: 'float4e2m1',
  U8: 'uint8',
  I8: 'int8',
  F8_E5M2: 'float8e5m2',
  F8_E4M3: 'float8e4m3fn',
  F8_E8M0: 'float8e8m0',
  F8_E4M3FNUZ: 'float8e4m3fnuz',
  F8_E5M2FNUZ: 'float8e5m2fnuz',
  I16: 'int16',
  U16: 'uint16',
  F16: 'float16',
  BF16: 'bfloat16',
  I32: 'int32',
  U32: 'uint32',
  F32: 'float32',
  C64: 'complex64',
  F64: 'float64',
  I64: 'int64',
  U64: 'uint64',
};
/** The place of a type in that order; -1 for one that the format does not have. */
export const rankOf = (type: DType): number => Object.values(dtypes).indexOf(type);
const names = new Map(Object.entries(dtypes).map(([name, type]) => [type, name]));

/** Bytes of the header that readers accept (the format's own limit; CWE-770). */
export const headerLimit = 100_000_000;

export interface Entry {
  readonly name: string;
  readonly type: DType;
  readonly dims: readonly number[];
  /** From the beginning of the data. */
  readonly offset: number;
  readonly length: number;
}
export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: ReadonlyMap<string, string>;
}

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);

/** Reads a header for `dataBytes` of data. Throws `onnx-io/safetensors`, `safetensors-dtype`. */
export function parseHeader(json: Uint8Array, dataBytes: number, file?: string): Header {
  const bad = (words: string, value?: string): Error => fail('safetensors', { where: { file, ...(value !== undefined && { value }) } }, words);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw fail('safetensors', { where: { file }, cause }, 'the header is not JSON');
  }
  if (!isRecord(header)) throw bad('the header is not an object');
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (!isRecord(entry)) throw bad('an entry is not an object', name);
    if (name === '__metadata__') {
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== 'string') throw bad('metadata is not text', key);
        metadata.set(key, value);
      }
      continue;
    }
    const { dtype, shape, data_offsets: range } = entry;
    const type = typeof dtype === 'string' && Object.hasOwn(dtypes, dtype) ? dtypes[dtype] : undefined;
    if (!type) throw fail('safetensors-dtype', { where: { file, value: name }, actual: dtype });
    const natural = (list: unknown): list is number[] => Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!natural(shape) || elementCount(shape) === undefined) throw bad('the shape is off', name);
    if (!natural(range) || range.length !== 2) throw bad('data_offsets are off', name);
    const [offset, end] = range as [number, number];
    if (end < offset || end > dataBytes || end - offset !== byteLengthOf(type, shape))
      throw bad(`data_offsets do not fit ${dtype}[${shape}] in ${dataBytes} bytes`, name);
    entries.push({ name, type, dims: shape, offset, length: end - offset });
  }
  // No byte is told twice and none is left out: a name that stands twice in the JSON shows here too.
  let at = 0;
  for (const { name, offset, length } of [...entries].sort((a, b) => a.offset - b.offset || a.length - b.length)) {
    if (offset !== at) throw bad('data_offsets leave a hole or overlap', name);
    at += length;
  }
  if (at !== dataBytes) throw bad(`${dataBytes - at} bytes belong to no tensor`);
  return { entries, metadata };
}

/** The header of tensors in this order, with its length before it, padded so that the data is 8-byte aligned. Throws `onnx-io/safetensors-dtype`. */
export function buildHeader(
  tensors: readonly { readonly name: string; readonly type: DType; readonly dims: readonly number[]; readonly length: number }[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array {
  const header = new Map<string, unknown>();
  if (metadata.size) header.set('__metadata__', Object.fromEntries(metadata));
  let offset = 0;
  for (const { name, type, dims, length } of tensors) {
    const dtype = names.get(type);
    if (!dtype || name === '__metadata__') throw fail('safetensors-dtype', { where: { value: name }, actual: type });
    header.set(name, { dtype, shape: dims, data_offsets: [offset, offset + length] });
    offset += length;
  }
  // Written entry by entry: an object would reorder names that look like numbers, and lose '__proto__'.
  const text = `{${[...header].map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  const json = new TextEncoder().encode(text);
  const padded = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + padded).fill(0x20);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(json, 8);
  return out;
}
