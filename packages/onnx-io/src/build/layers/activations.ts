// Activations and other layers that work element by element: one node, the shape stays.
import type { Value } from '../../ir/model';
import type { Layer, LayerContext } from './layer';

const elementwise = <Name extends string>(name: Name, options: object, op: (x: Value, c: LayerContext) => Value): Layer<Name> => ({
  name,
  options,
  keepsShape: true,
  build: (x, c) => ({ value: op(x.value, c), dims: x.dims }),
});

export const relu = (): Layer<'relu'> => elementwise('relu', {}, (x, c) => c.g.op('Relu', [x], undefined, c.named('Relu')));

export const leakyRelu = (alpha = 0.01): Layer<'leakyRelu'> =>
  elementwise('leakyRelu', { alpha }, (x, c) => c.g.op('LeakyRelu', [x], { alpha }, c.named('LeakyRelu')));

export const sigmoid = (): Layer<'sigmoid'> => elementwise('sigmoid', {}, (x, c) => c.g.op('Sigmoid', [x], undefined, c.named('Sigmoid')));

export const tanh = (): Layer<'tanh'> => elementwise('tanh', {}, (x, c) => c.g.op('Tanh', [x], undefined, c.named('Tanh')));

/** x Phi(x), by the error function or, with 'tanh', by its approximation. Opset 20. */
export const gelu = ({ approximate = 'none' }: { readonly approximate?: 'none' | 'tanh' } = {}): Layer<'gelu'> =>
  elementwise('gelu', { approximate }, (x, c) => c.g.op('Gelu', [x], approximate === 'none' ? {} : { approximate }, c.named('Gelu')));

/** x max(0, min(1, x / 6 + 1 / 2)). Opset 14. */
export const hardSwish = (): Layer<'hardSwish'> => elementwise('hardSwish', {}, (x, c) => c.g.op('HardSwish', [x], undefined, c.named('HardSwish')));

/** max(0, min(1, x / 6 + 1 / 2)), PyTorch's; ONNX's own default slope is 0.2. */
export const hardSigmoid = (): Layer<'hardSigmoid'> =>
  elementwise('hardSigmoid', {}, (x, c) => c.g.op('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 }, c.named('HardSigmoid')));

export const softmax = (axis = -1): Layer<'softmax'> => elementwise('softmax', { axis }, (x, c) => c.g.op('Softmax', [x], { axis }, c.named('Softmax')));

export const logSoftmax = (axis = -1): Layer<'logSoftmax'> =>
  elementwise('logSoftmax', { axis }, (x, c) => c.g.op('LogSoftmax', [x], { axis }, c.named('LogSoftmax')));

const scalar = (value: number) => ({ type: 'float32', dims: [], data: Float32Array.of(value) }) as const;

/** min <= x <= max; clip(0, 6) is ReLU6. */
export const clip = (min: number, max: number): Layer<'clip'> =>
  elementwise('clip', { min, max }, (x, c) => c.g.op('Clip', [x, c.constant('min', scalar(min)), c.constant('max', scalar(max))], undefined, c.named('Clip')));

/** x factor, a constant: scale(1 / 16) brings 0..16 to 0..1. */
export const scale = (factor: number): Layer<'scale'> =>
  elementwise('scale', { factor }, (x, c) => c.g.op('Mul', [x, c.constant('factor', scalar(factor))], undefined, c.named('Mul')));

/** x + offset, a constant. */
export const shift = (offset: number): Layer<'shift'> =>
  elementwise('shift', { offset }, (x, c) => c.g.op('Add', [x, c.constant('offset', scalar(offset))], undefined, c.named('Add')));

/** Dropout with this ratio: the identity when the model runs, a node that training can find. */
export const dropout = (ratio = 0.5): Layer<'dropout'> =>
  elementwise('dropout', { ratio }, (x, c) => c.g.op('Dropout', [x, c.constant('ratio', scalar(ratio))], undefined, c.named('Dropout')));
