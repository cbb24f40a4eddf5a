// The codec against protobufjs on messages of every shape that the table allows, and its own law: decode(encode(m)) = m.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, decoded } from '../testing/oracle';
import { decodeMessage, decodeModel, encodeMessage, encodeModel, rawField } from './codec';
import { defaultLimits } from './limits';
import { type Field, fieldsOf, type MessageName, type Scalar } from './messages';

const int64 = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).filter((value) => !Number.isSafeInteger(Number(value))),
);
const scalars: Readonly<Record<Scalar, fc.Arbitrary<unknown>>> = {
  int32: fc.integer(),
  int64,
  uint64: fc.oneof(fc.maxSafeNat(), fc.bigInt(2n ** 53n, 2n ** 64n - 1n)),
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  string: fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 60, maxLength: 300 })),
  bytes: fc.uint8Array({ maxLength: 200 }),
};

function anyOf(field: Field, depth: number): fc.Arbitrary<unknown> {
  const one = field.values ? fc.constantFrom(...field.values) : field.scalar ? scalars[field.scalar] : messageOf(field.message!, depth + 1);
  return field.repeated ? fc.array(one, { minLength: 1, maxLength: field.scalar ? 20 : 2 }) : one;
}

/** Any message of a type; below depth 4 without sub-messages. */
function messageOf(name: MessageName, depth = 0): fc.Arbitrary<object> {
  const fields = fieldsOf(name).all.filter((field) => depth < 4 || field.scalar);
  return fc
    .subarray(fields, { maxLength: depth === 0 ? fields.length : Math.min(4, fields.length) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((field) => [field.name, anyOf(field, depth)]))));
}

// At most one member of a oneof: protobuf has no more.
const single = (value: unknown): unknown => {
  if (!value || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(single);
  const kept = new Set<string>();
  const entries = Object.entries(value).filter(([key]) => {
    const group = /^(tensor|sequence|map|optional|sparseTensor|opaque)Type$/.test(key) ? 'type' : /^dim(Value|Param)$/.test(key) ? 'dim' : key;
    return !kept.has(group) && kept.add(group);
  });
  return Object.fromEntries(entries.map(([key, entry]) => [key, single(entry)]));
};

describe('the codec', () => {
  it('decodes what it encodes, and protobufjs reads and writes the same bytes', () => {
    fc.assert(
      fc.property(messageOf('ModelProto').map(single), (message) => {
        const bytes = encodeMessage('ModelProto', message as object);
        expect(decodeModel(bytes, defaultLimits)).toEqual(message);
        expect(Buffer.from(canonical(bytes)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('keeps unknown fields, other wire types, groups and unknown enum values, in order, and merges a message that comes twice', () => {
    const group = Uint8Array.of(0xe3, 0x12, 0x08, 0x01, 0xe4, 0x12); // field 300, a group with one varint
    const enumValue = Uint8Array.of(0x70, 0x63); // dataLocation = 99
    const wrongType = Uint8Array.of(0x45, 1, 2, 3, 4); // name (8) as a fixed32
    const tensor = encodeMessage('TensorProto', { name: 'w', dims: [2, 3] });
    const bytes = new Uint8Array(Buffer.concat([group, enumValue, tensor, wrongType]));
    const message = decodeMessage('TensorProto', bytes, defaultLimits);
    expect(message).toEqual({ name: 'w', dims: [2, 3], $unknowns: [group, enumValue, wrongType] });
    expect(Buffer.from(encodeMessage('TensorProto', message))).toEqual(Buffer.concat([tensor, group, enumValue, wrongType]));
    const twice = Buffer.concat([rawField(7, encodeMessage('GraphProto', { name: 'a' })), rawField(7, encodeMessage('GraphProto', { docString: 'b' }))]);
    expect(decodeModel(twice, defaultLimits)).toEqual({ graph: { name: 'a', docString: 'b' } });
  });

  it('reads packed and single numbers alike', () => {
    const floats = rawField(4, new Uint8Array(Float32Array.of(1, 2).buffer));
    const single = Buffer.concat([Uint8Array.of(0x25), new Uint8Array(Float32Array.of(3).buffer)]);
    expect(decodeMessage('TensorProto', Buffer.concat([floats, single]), defaultLimits)).toEqual({ floatData: [1, 2, 3] });
  });

  it('entries of two lists by turns: each list in its order, in linear time', () => {
    const count = 200_000;
    const pair = Uint8Array.of(0x0a, 1, 0x61, 0x12, 1, 0x62); // input 'a', output 'b'
    const bytes = new Uint8Array(count * pair.length);
    for (let i = 0; i < count; i++) {
      bytes.set(pair, i * pair.length);
      bytes[i * pair.length + 2] = 97 + (i % 26);
    }
    const { input, output } = decodeMessage('NodeProto', bytes, defaultLimits);
    expect([input!.length, output!.length]).toEqual([count, count]);
    expect(input!.every((name, i) => name === String.fromCharCode(97 + (i % 26)))).toBe(true);
  });

  it('leaves room for payloads, and counts them in every length', () => {
    const [raw, floats] = [new Uint8Array(0), [0]];
    const payloads = new Map<object, { byteLength: number }>([
      [raw, { byteLength: 300 }],
      [floats, { byteLength: 70_000 }],
    ]);
    const tensors = [{ name: 'a', rawData: raw }, { name: 'b', floatData: floats }, { name: 'c' }];
    const { bytes, splices, byteLength } = encodeModel({ irVersion: 10, graph: { initializer: tensors } }, payloads);
    const parts: Uint8Array[] = [];
    let at = 0;
    for (const splice of splices) {
      parts.push(bytes.subarray(at, splice.at), new Uint8Array(splice.payload.byteLength));
      at = splice.at;
    }
    const whole = Buffer.concat([...parts, bytes.subarray(at)]);
    expect(whole.length).toBe(byteLength);
    const { graph } = decoded(whole) as { graph: { initializer: { name: string; rawData?: Buffer; floatData?: number[] }[] } };
    expect(graph.initializer.map(({ name, rawData, floatData }) => [name, rawData?.length, floatData?.length])).toEqual([
      ['a', 300, undefined],
      ['b', undefined, 17_500],
      ['c', undefined, undefined],
    ]);
  });

  it.each([
    ['a number past the end', [0x08, 0x80]],
    ['a varint of eleven bytes', [0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ['a field without a number', [0x00, 0x00]],
    ['a length beyond the message', [0x12, 0x05, 0x41]],
    ['a length beyond 32 bits', [0x12, 255, 255, 255, 255, 255, 1]],
    ['a string that is not UTF-8', [0x12, 0x01, 0xff]],
    ['a group that does not end', [0xe3, 0x12, 0x08, 0x01]],
    ['the end of no group', [0xe4, 0x12]],
    ['a wire type of no meaning', [0x0e]],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeModel(Uint8Array.from(bytes), defaultLimits)).toThrow(expect.objectContaining({ code: 'onnx-io/corrupt' }));
  });

  it('holds to its limits', () => {
    const nested = (depth: number): object =>
      depth ? { graph: { node: [{ attribute: [{ g: (nested(depth - 1) as { graph?: object }).graph ?? {} }] }] } } : {};
    const bytes = encodeMessage('ModelProto', nested(40));
    expect(() => decodeModel(bytes, defaultLimits)).toThrow(expect.objectContaining({ code: 'onnx-io/over-limit' }));
    const many = encodeMessage('ModelProto', { graph: { node: Array.from({ length: 20 }, () => ({ opType: 'Relu' })) } });
    expect(() => decodeModel(many, { ...defaultLimits, fields: 10 })).toThrow(expect.objectContaining({ code: 'onnx-io/over-limit' }));
  });
});
