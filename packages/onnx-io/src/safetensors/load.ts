// A safetensors file as weights by name, read when asked for.
import { lazyTensor, tensorFromBytes, type Weight } from '@modeldiet/tensor';
import { fail } from '../errors';
import { setOrigin } from '../payload';
import { toSource } from '../source/blob';
import type { SourceLike } from '../source/byte-source';
import { type NumericDType, tensorOfBytes } from '../tensor-data';
import { type Entry, headerLimit, parseHeader } from './format';

export interface SafetensorsOptions {
  /** The longest header that is read. Default 100,000,000 bytes, the format's own limit. */
  readonly headerBytes?: number;
}

export interface Safetensors {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Opens a safetensors file; costs its header only. Weights of bytes in memory are views of them. Throws `onnx-io/safetensors`, `safetensors-dtype`, `truncated`, `over-limit`. */
export async function loadSafetensors(input: SourceLike, { headerBytes = headerLimit }: SafetensorsOptions = {}): Promise<Safetensors> {
  const source = toSource(input);
  const { size, name: file } = source;
  if (size < 8) throw fail('truncated', { where: { file }, expected: 'at least 8 bytes', actual: size });
  const head = await source.read(0, 8);
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(headerBytes)) throw fail('over-limit', { where: { file, option: 'headerBytes' }, expected: `<= ${headerBytes}`, actual: String(length) });
  const begin = 8 + Number(length);
  if (begin > size) throw fail('truncated', { where: { file, offset: 8 }, expected: `${length} bytes of header`, actual: size - 8 });
  const { entries, metadata } = parseHeader(await source.read(8, Number(length)), size - begin, file);
  const weightOf = ({ type, dims, offset, length }: Entry): Weight => {
    const at = begin + offset;
    if (type === 'string') throw fail('safetensors-dtype', { where: { file }, actual: type });
    const kind = { type: type as NumericDType, dims };
    const weight: Weight = source.bytes
      ? tensorOfBytes(kind, source.bytes.subarray(at, at + length))
      : lazyTensor(type, dims, async () => tensorFromBytes(type, dims, await source.read(at, length)));
    return setOrigin(weight, { field: 'rawData', spans: [{ source, offset: at, length }] });
  };
  return { weights: new Map(entries.map((entry) => [entry.name, weightOf(entry)])), metadata };
}
