// The common tensor: a plain object, a union discriminated by `type`, whose `data` is the ONNX raw layout of that type.
import type { Where } from '@modeldiet/numfmt';
import type { LongWork } from './work';

/** The storage of each element type: 4-bit and 2-bit types packed low bits first, float16 and the like as bits, strings as strings. */
export interface DataOf {
  float64: Float64Array;
  float32: Float32Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  float8e4m3fn: Uint8Array;
  float8e4m3fnuz: Uint8Array;
  float8e5m2: Uint8Array;
  float8e5m2fnuz: Uint8Array;
  float8e8m0: Uint8Array;
  float4e2m1: Uint8Array;
  int2: Uint8Array;
  uint2: Uint8Array;
  int4: Uint8Array;
  uint4: Uint8Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
  string: readonly string[];
  /** Stored and saved, never computed on: pairs of real, imaginary. */
  complex64: Float32Array;
  complex128: Float64Array;
}
export type DType = keyof DataOf;

/** `data` is never written after creation; that is why models share weights. */
export type Tensor<T extends DType = DType> = { [K in T]: { readonly type: K; readonly dims: readonly number[]; readonly data: DataOf[K] } }[T];

/** A tensor whose bytes are read when asked for. */
export interface LazyTensor<T extends DType = DType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly byteLength: number;
  load(work?: LongWork): Promise<Tensor<T>>;
}
/** A result left on the device that made it; `dispose` frees it. */
export interface DeviceTensor<T extends DType = DType> extends LazyTensor<T> {
  readonly location: string;
  dispose(): void;
}
export type Weight = Tensor | LazyTensor;
export interface SparseTensor {
  readonly type: 'sparse';
  readonly dims: readonly number[];
  readonly values: Weight;
  readonly indices: Weight;
}
/** A type that is kept and not understood: float6, a future type, strings that are not UTF-8. */
export interface OpaqueTensor {
  readonly type: 'opaque';
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly byteLength: number;
  load(work?: LongWork): Promise<Uint8Array>;
}
/** Whatever a file can hold as a constant. */
export type Constant = Weight | SparseTensor | OpaqueTensor;

/** Named tensors; in a dataset item every one of them includes the batch axis. */
export type Feeds = Readonly<Record<string, Tensor>>;
/** What every runner takes; an array will do. */
export type Batches = Iterable<Feeds> | AsyncIterable<Feeds>;
/** Feeds that can be iterated again and again; `length` counts items where it is known. */
export interface Dataset extends AsyncIterable<Feeds> {
  readonly length?: number;
  at?(index: number): Feeds | Promise<Feeds>;
}

/** Something the caller should know that did not stop the work. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly where: Where;
  readonly count?: number;
}
