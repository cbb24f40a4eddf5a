// Weight initialisations, as PyTorch's torch.nn.init has them: Kaiming (He et al. 2015), Xavier (Glorot and Bengio 2010).
// fan_in = inputs of one output, fan_out = outputs of one input; weights are [out, in, ...kernel].
import type { Random, Tensor } from '@modeldiet/tensor';

export interface Init {
  readonly name: string;
  readonly options: object;
  /** One number drawer for a weight of these fans. */
  draw(fans: Fans, random: Random): () => number;
}
export interface Fans {
  readonly in: number;
  readonly out: number;
}

export const fansOf = (dims: readonly number[]): Fans => {
  const [out = 1, fanIn = 1, ...kernel] = dims;
  const area = kernel.reduce((a, b) => a * b, 1);
  return { in: fanIn * area, out: out * area };
};

const uniform =
  (bound: number, random: Random): (() => number) =>
  () =>
    (2 * random.next() - 1) * bound;
const gaussian =
  (std: number, random: Random): (() => number) =>
  () =>
    random.normal() * std;

/** U(-b, b) with b = sqrt(6 / ((1 + a^2) fan_in)); `a` is the slope of a leaky ReLU. */
export const kaimingUniform = ({ a = 0 }: { readonly a?: number } = {}): Init => ({
  name: 'kaimingUniform',
  options: { a },
  draw: (fans, random) => uniform(Math.sqrt(6 / ((1 + a * a) * fans.in)), random),
});

/** N(0, 2 / ((1 + a^2) fan_in)). */
export const kaimingNormal = ({ a = 0 }: { readonly a?: number } = {}): Init => ({
  name: 'kaimingNormal',
  options: { a },
  draw: (fans, random) => gaussian(Math.sqrt(2 / ((1 + a * a) * fans.in)), random),
});

/** U(-b, b) with b = gain sqrt(6 / (fan_in + fan_out)). */
export const xavierUniform = ({ gain = 1 }: { readonly gain?: number } = {}): Init => ({
  name: 'xavierUniform',
  options: { gain },
  draw: (fans, random) => uniform(gain * Math.sqrt(6 / (fans.in + fans.out)), random),
});

/** N(0, gain^2 2 / (fan_in + fan_out)). */
export const xavierNormal = ({ gain = 1 }: { readonly gain?: number } = {}): Init => ({
  name: 'xavierNormal',
  options: { gain },
  draw: (fans, random) => gaussian(gain * Math.sqrt(2 / (fans.in + fans.out)), random),
});

/** U(-1/sqrt(fan_in), 1/sqrt(fan_in)): what PyTorch gives the weights and biases of its linear and convolution layers. */
export const fanInUniform = (): Init => ({ name: 'fanInUniform', options: {}, draw: (fans, random) => uniform(1 / Math.sqrt(fans.in), random) });

export const normalInit = ({ std = 1 }: { readonly std?: number } = {}): Init => ({
  name: 'normal',
  options: { std },
  draw: (_, random) => gaussian(std, random),
});

export const constantInit = (value: number): Init => ({ name: 'constant', options: { value }, draw: () => () => value });

/** A float32 weight of `dims`; `fans` where they do not follow from the dims (biases). */
export function drawWeight(dims: readonly number[], init: Init, random: Random, fans: Fans = fansOf(dims)): Tensor<'float32'> {
  const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
  const draw = init.draw(fans, random);
  for (let i = 0; i < data.length; i++) data[i] = draw();
  return { type: 'float32', dims, data };
}
