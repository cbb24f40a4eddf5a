// Protobuf by hand, for tests: files that no writer would make.
const text = (x: string | Uint8Array): Uint8Array => (typeof x === 'string' ? new TextEncoder().encode(x) : x);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function varint(value: number | bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
  return Uint8Array.from(out);
}

/** A length-delimited field. */
export const field = (number: number, ...content: readonly (string | Uint8Array)[]): Uint8Array => {
  const bytes = concat(...content.map(text));
  return concat(varint((number << 3) | 2), varint(bytes.length), bytes);
};
/** A varint field. */
export const int = (number: number, value: number | bigint): Uint8Array => concat(varint(number << 3), varint(value));

export const opset = (version: number, domain?: string): Uint8Array => field(8, ...(domain === undefined ? [] : [field(1, domain)]), int(2, version));
/** A ModelProto of IR 10, opset 21 around the fields of its graph. */
export const model = (...graph: readonly Uint8Array[]): Uint8Array => concat(int(1, 10), field(7, ...graph), opset(21));
export const node = (opType: string, inputs: readonly string[], outputs: readonly string[], ...more: readonly Uint8Array[]): Uint8Array =>
  field(1, ...inputs.map((name) => field(1, name)), ...outputs.map((name) => field(2, name)), field(4, opType), ...more);
export const input = (name: string): Uint8Array => field(11, field(1, name));
export const output = (name: string): Uint8Array => field(12, field(1, name));
export const initializer = (...tensor: readonly Uint8Array[]): Uint8Array => field(5, ...tensor);
/** Fields of a TensorProto. */
export const tensor = (name: string, dataType: number, dims: readonly (number | bigint)[], ...data: readonly Uint8Array[]): Uint8Array =>
  concat(...dims.map((dim) => int(1, dim)), int(2, dataType), field(8, name), ...data);
export const raw = (bytes: Uint8Array | number): Uint8Array => field(9, typeof bytes === 'number' ? new Uint8Array(bytes) : bytes);
export const externalData = (entries: Readonly<Record<string, string>>): Uint8Array =>
  concat(...Object.entries(entries).map(([key, value]) => field(13, field(1, key), field(2, value))), int(14, 1));
