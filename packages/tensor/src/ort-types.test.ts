// ONNX Runtime's typed tensors go in without a cast, for every type but int4 (whose type there is not what its constructor takes); that this file compiles is the test.
import { Tensor as OrtTensor, type TypedTensor } from 'onnxruntime-common';
import { expect, expectTypeOf, it } from 'vitest';
import { type Feeds, type Tensor, toFloat64 } from '.';

type Plain = 'float32' | 'float64' | 'float16' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'bool' | 'string' | 'uint4';

it('is assignable type by type', () => {
  expectTypeOf<TypedTensor<'float32'>>().toExtend<Tensor<'float32'>>();
  expectTypeOf<{ [T in Plain]: TypedTensor<T> }>().toExtend<{ [T in Plain]: Tensor<T> }>();
  expectTypeOf<TypedTensor<'float32'> | TypedTensor<'int64'>>().toExtend<Tensor>();
});

it('and works', () => {
  const feeds: Feeds = { x: new OrtTensor('float32', Float32Array.of(1, 2), [2]), ids: new OrtTensor('int64', BigInt64Array.of(3n), [1]) };
  expect([...toFloat64(feeds.x!), ...toFloat64(feeds.ids!)]).toEqual([1, 2, 3]);
});
