import { type Dim, graphBuilder, type Model } from '@modeldiet/onnx-io';
import type { DType } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { imagesFor } from './images';

const taking = (dims: readonly Dim[], dtype: DType = 'float32', more = false): Model => {
  const g = graphBuilder();
  g.output(g.op('Identity', [g.input('image', dtype, dims)]), 'y');
  if (more) g.output(g.op('Identity', [g.input('mask', dtype, dims)]), 'z');
  return g.model();
};

describe('imagesFor', () => {
  it.each<[Model, object]>([
    [taking(['n', 3, 48, 192]), { input: 'image', layout: 'NCHW', channels: 'rgb', size: [48, 192] }],
    [taking([1, 128, 128, 3]), { input: 'image', layout: 'NHWC', channels: 'rgb', size: [128, 128] }],
    [taking([1, 1, 28, 28]), { input: 'image', layout: 'NCHW', channels: 'gray', size: [28, 28] }],
    [taking(['n', 224, 224, 4], 'uint8'), { input: 'image', layout: 'NHWC', channels: 'rgba', size: [224, 224], dtype: 'uint8' }],
    [taking(['n', 3, 'h', 'w']), { input: 'image', layout: 'NCHW', channels: 'rgb' }],
  ])('is read off the input', (model, expected) => {
    expect(imagesFor(model, {}, {})).toEqual(expected);
  });

  it('takes extents from --dims, and the words of --images before all', () => {
    const model = taking(['n', 3, 'h', 'w']);
    expect(imagesFor(model, {}, { h: 48, w: 320 })).toMatchObject({ size: [48, 320] });
    expect(imagesFor(model, { size: [32, 32], channels: 'bgr', mean: 0.5 }, { h: 48, w: 320 })).toMatchObject({ size: [32, 32], channels: 'bgr', mean: 0.5 });
  });

  it.each([
    ['no input of four axes', taking(['n', 64])],
    ['two inputs', taking(['n', 3, 8, 8], 'float32', true)],
    ['a type that pixels are not', taking(['n', 3, 8, 8], 'int64')],
  ])('cli/no-image-input: %s', (_, model) => {
    expect(() => imagesFor(model, {}, {})).toThrow(expect.objectContaining({ code: 'cli/no-image-input' }));
  });
});
