// An independent reading of ONNX files, for tests: protobufjs by reflection over the unchanged onnx.proto, unknown fields kept.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(readFileSync(resolve(import.meta.dirname, '../onnx.proto'), 'utf8'));
const modelProto = root.lookupType('onnx.ModelProto');

/** Decodes and encodes again in canonical order: two files are equal field by field, presence included, when this is. */
export function canonical(bytes: Uint8Array): Uint8Array {
  const reader = new protobuf.Reader(bytes);
  Object.assign(reader, { discardUnknown: false });
  return modelProto.encode(modelProto.decode(reader)).finish();
}

/** The message as plain values: int64 as decimal strings, enums as numbers, bytes as Buffers; absent fields are absent. */
export const decoded = (bytes: Uint8Array): Record<string, unknown> => modelProto.toObject(modelProto.decode(bytes), { longs: String });
