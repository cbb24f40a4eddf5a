// An archive of node cases: models, and their inputs and outputs as data. Runs in Node and in a browser.
import { loadModel, type Model, materializeModel, tensorOf, type ValueType } from '@modeldiet/onnx-io';
import type { Datum } from '@modeldiet/ops/reference';

export interface NodeCase {
  readonly name: string;
  readonly model: () => Promise<Model>;
  /** The files of test_data_set_N, in order. */
  readonly sets: readonly { readonly inputs: readonly Uint8Array[]; readonly outputs: readonly Uint8Array[] }[];
}

const latin1 = new TextDecoder('latin1');

/** Reads a ustar archive: path -> bytes. */
function readTar(tar: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = (from: number, length: number): string => latin1.decode(tar.subarray(from, from + length)).replace(/\0[\s\S]*$/, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const name = [text(at + 345, 155), text(at, 100)].filter(Boolean).join('/');
    if (size > 0 || name.endsWith('.pb')) files.set(name.replace(/^\.\//, ''), tar.slice(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** The cases of an unzipped archive, by name. */
export function casesOf(tar: Uint8Array): NodeCase[] {
  const files = readTar(tar);
  const cases = new Map<string, { model?: Uint8Array; sets: Map<string, Map<string, Uint8Array>> }>();
  for (const [path, bytes] of files) {
    const hit = /([^/]+)\/(?:model\.onnx|(test_data_set_\d+)\/((?:input|output)_\d+)\.pb)$/.exec(path);
    if (!hit) continue;
    const [, name, set, file] = hit;
    const entry = cases.get(name!) ?? cases.set(name!, { sets: new Map() }).get(name!)!;
    if (!set) entry.model = bytes;
    else (entry.sets.get(set) ?? entry.sets.set(set, new Map()).get(set)!).set(file!, bytes);
  }
  const list = (set: Map<string, Uint8Array>, kind: string): Uint8Array[] => {
    const out: Uint8Array[] = [];
    for (let i = 0; set.has(`${kind}_${i}`); i++) out.push(set.get(`${kind}_${i}`)!);
    return out;
  };
  return [...cases]
    .filter(([, { model }]) => model)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { model, sets }]) => ({
      name,
      model: async () => materializeModel(await loadModel(model!)),
      sets: [...sets.values()].map((set) => ({ inputs: list(set, 'input'), outputs: list(set, 'output') })),
    }));
}

/** Length-delimited fields of a protobuf message: [number, bytes]. */
function* fields(bytes: Uint8Array): Generator<readonly [number, Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    if ((key & 7) === 2) {
      const length = varint();
      yield [key >> 3, bytes.subarray(at, at + length)];
      at += length;
    } else if ((key & 7) === 0) varint();
    else at += (key & 7) === 5 ? 4 : 8;
  }
}

const message = (...parts: readonly (readonly [number, Uint8Array | string | number])[]): Uint8Array => {
  const out: number[] = [];
  const varint = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
    out.push(rest);
  };
  for (const [field, value] of parts) {
    if (typeof value === 'number') {
      varint(field * 8);
      varint(value);
      continue;
    }
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    varint(field * 8 + 2);
    varint(bytes.length);
    for (const byte of bytes) out.push(byte);
  }
  return Uint8Array.from(out);
};

/** A TensorProto, read by the product's own loader as the value of a Constant node. */
async function tensorFrom(bytes: Uint8Array): Promise<Datum> {
  const attribute = message([1, 'value'], [20, 4], [5, bytes]);
  const node = message([2, 'y'], [4, 'Constant'], [5, attribute]);
  const graph = message([1, node], [2, 'g'], [12, message([1, 'y'])]);
  const model = await materializeModel(await loadModel(message([1, 13], [7, graph], [8, message([2, 25])])));
  const tensor = tensorOf(model.graph.outputs[0]!);
  if (!tensor) throw new Error('the test data holds no tensor');
  return tensor;
}

/** The content of an input_N.pb or output_N.pb by the value's type: a TensorProto or a SequenceProto. A full optional is written as its element, an empty one has no file. */
export async function datumFrom(bytes: Uint8Array, type: ValueType | undefined): Promise<Datum> {
  if (type?.kind === 'sequence') {
    const out: Datum[] = [];
    for (const [field, part] of fields(bytes)) if (field === 3 || field === 5) out.push(await datumFrom(part, type.element));
    return out;
  }
  if (type?.kind === 'optional') return datumFrom(bytes, type.element);
  return tensorFrom(bytes);
}
