// Our tensors to onnxruntime-common's and back; the only file that knows its traps (1.30.0).
import type { DeviceTensor, DType, Tensor } from '@modeldiet/tensor';
import { checkLength } from '../check-feeds';
import { fail } from '../errors';
import { flavorOf, type OrtData, type OrtModule, type OrtTensor, type OrtType } from './module';

/**
 * How a type crosses. `same`: both hold it alike. `nibbles`: packed bytes; onnxruntime-common types int4 as Int8Array and wants Uint8Array,
 * its node binding takes no such input, and reading such an output ends the process. `halves`: bits as Uint16Array, where ORT gives Float16Array
 * if the engine has one. Else the reason it cannot cross: ORT has no such tensor type in JavaScript.
 */
const crossing = {
  float32: 'same',
  float64: 'same',
  int8: 'same',
  uint8: 'same',
  int16: 'same',
  uint16: 'same',
  int32: 'same',
  uint32: 'same',
  int64: 'same',
  uint64: 'same',
  bool: 'same',
  string: 'same',
  float16: 'halves',
  int4: 'nibbles',
  uint4: 'nibbles',
  int2: undefined,
  uint2: undefined,
  bfloat16: undefined,
  float8e4m3fn: undefined,
  float8e4m3fnuz: undefined,
  float8e5m2: undefined,
  float8e5m2fnuz: undefined,
  float8e8m0: undefined,
  float4e2m1: undefined,
  complex64: undefined,
  complex128: undefined,
} as const satisfies Record<DType, 'same' | 'halves' | 'nibbles' | undefined>;

type Crossing = (typeof crossing)[DType];
const crossingOf = (dtype: string): Crossing => (Object.hasOwn(crossing, dtype) ? crossing[dtype as DType] : undefined);

/** Why a graph input (or output) of this type cannot be used with this runtime; undefined when it can. */
export function cannotCross(ort: OrtModule, dtype: string, direction: 'input' | 'output'): string | undefined {
  const how = crossingOf(dtype);
  if (how === undefined) return `ONNX Runtime's JavaScript API has no ${dtype} tensors`;
  if (how !== 'nibbles') return undefined;
  if (direction === 'output') return `ONNX Runtime's JavaScript API cannot read a ${dtype} output`;
  return flavorOf(ort) === 'node' ? `onnxruntime-node takes no ${dtype} input` : undefined;
}

const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** SharedArrayBuffer data is refused by ORT ("Invalid argument"), so it is copied. */
const plain = <D extends Exclude<OrtData, string[]>>(data: D): D =>
  typeof SharedArrayBuffer !== 'undefined' && data.buffer instanceof SharedArrayBuffer ? (data.slice() as D) : data;

/** A feed as ORT takes it: the data is shared, not copied. Throws `runtime/unsupported-dtype`, `runtime/feed-length`. */
export function toOrt(ort: OrtModule, tensor: Tensor, value: string): OrtTensor {
  const { type, dims, data } = tensor;
  const reason = cannotCross(ort, type, 'input');
  if (reason) throw fail('unsupported-dtype', { where: { value }, actual: type }, reason);
  checkLength(tensor, value);
  const given: OrtData = isStrings(data) ? (data as string[]) : plain(data);
  return new ort.Tensor(type as OrtType, given, dims);
}

const isStrings = (data: Tensor['data'] | OrtData): data is readonly string[] => Array.isArray(data);

function ours(type: string, dims: readonly number[], data: OrtData, value: string): Tensor {
  const how = crossingOf(type);
  if (how === undefined) throw fail('unsupported-dtype', { where: { value }, actual: type });
  // Float16Array is newer than the typed-array union here: anything that is no Uint16Array is one, and its buffer holds the same bits.
  const held = how === 'halves' && !isStrings(data) && !(data instanceof Uint16Array) ? bits16(data) : data;
  return { type, dims: [...dims], data: held } as Tensor;
}

const bits16 = (view: ArrayBufferView): Uint16Array => new Uint16Array(view.buffer, view.byteOffset, view.byteLength / 2);

/** A result as ours. ORT has copied it out of its memory already, in Node and in WebAssembly alike (the conformance suite checks it). */
export function fromOrt(tensor: OrtTensor, value: string): Tensor {
  return ours(tensor.type, tensor.dims, tensor.data, value);
}

/** False once it was downloaded and freed: its data is on the CPU then. */
export const isOnDevice = ({ location }: OrtTensor): boolean => location !== 'cpu' && location !== 'cpu-pinned' && location !== 'none';

/** A result that may sit on a device: left there as a {@link DeviceTensor} when `keep`, downloaded (and freed there) otherwise. */
export async function fetchOrt(tensor: OrtTensor, value: string, keep: boolean): Promise<Tensor | DeviceTensor> {
  if (!isOnDevice(tensor)) return fromOrt(tensor, value);
  const { type, dims } = tensor;
  if (!keep) return ours(type, dims, await tensor.getData(true), value);
  const held: DeviceTensor & { readonly [onDevice]: OrtTensor } = {
    type: type as DType,
    dims: [...dims],
    byteLength: sizeOf(dims) * (bytesPerEntry[type] ?? 4),
    location: tensor.location,
    load: async () => ours(type, dims, await tensor.getData(), value),
    dispose: () => tensor.dispose(),
    [onDevice]: tensor,
  };
  return held;
}

/** The types WebGPU buffers hold. */
const bytesPerEntry: Readonly<Record<string, number>> = { float32: 4, float16: 2, int32: 4, uint32: 4, int64: 8, uint64: 8, uint8: 1, int8: 1, bool: 1 };

const onDevice = Symbol('onDevice');

/** The ORT tensor behind a {@link DeviceTensor} that {@link fetchOrt} made; undefined for any other. */
export const heldOnDevice = (tensor: Tensor | DeviceTensor): OrtTensor | undefined => (onDevice in tensor ? (tensor[onDevice] as OrtTensor) : undefined);
