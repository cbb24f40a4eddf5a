// How images become the input of a model: its name, size, layout, channels and type are read off the model; the words of --images come first.
import type { ImagesOptions } from '@modeldiet/data/images';
import type { Dim, Model, Value } from '@modeldiet/onnx-io';
import { fail } from '../errors';
import type { ImageWords } from '../words/images';

type Layout = 'NCHW' | 'NHWC';

const channelNames = { 1: 'gray', 3: 'rgb', 4: 'rgba' } as const;
const axes = { NCHW: { channel: 1, height: 2, width: 3 }, NHWC: { channel: 3, height: 1, width: 2 } } as const satisfies Record<Layout, object>;

const isCount = (dim: Dim | undefined): dim is 1 | 3 | 4 => dim === 1 || dim === 3 || dim === 4;

/** Where the channels are, if one of the two places has 1, 3 or 4 of them; both: first, as most models have it. */
const layoutOf = (shape: readonly Dim[]): Layout | undefined => (isCount(shape[1]) ? 'NCHW' : isCount(shape[3]) ? 'NHWC' : undefined);

const shapeOf = ({ type }: Value): readonly Dim[] | undefined => (type?.kind === 'tensor' && type.shape?.length === 4 ? type.shape : undefined);

/**
 * For `fromImageFolder`. `dims` binds symbolic extents, by name or place. Throws `cli/no-image-input` for a model without exactly one input of rank 4, or with a type that pixels are not.
 */
export function imagesFor(model: Model, words: ImageWords, dims: Readonly<Record<string, number>>): ImagesOptions {
  const inputs = model.graph.inputs.filter(({ initializer }) => initializer === undefined);
  const [input, ...others] = inputs.filter(shapeOf);
  const seen = inputs.map(({ name }) => name).join(', ');
  if (!input || others.length > 0 || inputs.length > 1)
    throw fail('no-image-input', { where: { option: '--data' }, expected: 'one input, of four axes', actual: seen });
  const dtype = input.type?.kind === 'tensor' ? input.type.dtype : undefined;
  if (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'uint8')
    throw fail('no-image-input', { where: { option: '--data', value: input.name }, expected: 'float32, float16 or uint8', actual: dtype });
  const shape = shapeOf(input)!.map((dim, axis): Dim => (typeof dim === 'number' ? dim : (dims[dim.startsWith('?') ? `${input.name}:${axis}` : dim] ?? dim)));
  const layout = words.layout ?? layoutOf(shape) ?? 'NCHW';
  const { channel, height, width } = axes[layout];
  const count = shape[channel];
  const [h, w] = [shape[height], shape[width]];
  return {
    input: input.name,
    layout,
    ...(isCount(count) && { channels: channelNames[count] }),
    ...(typeof h === 'number' && typeof w === 'number' && { size: [h, w] as const }),
    ...(dtype === 'uint8' && { dtype }),
    ...words,
  };
}
