// Optimizer steps of ai.onnx.preview.training: inputs R, T, then groups X, G, states.
import { floatOf, stringOf } from '../../attributes';
import { fromNumbers, numbersOf } from '../array';
import { type Kernel, tensorAt } from '../kernel';
import { range } from '../layout';

interface StepInput {
  readonly rate: number;
  readonly time: number;
  readonly x: Float64Array;
  readonly g: Float64Array;
  readonly states: readonly Float64Array[];
}
/** One parameter: the new parameter, then the new states. */
type Update = (input: StepInput, node: Parameters<Kernel>[0]) => readonly Float64Array[];

const optimizer =
  (states: number, update: Update): Kernel =>
  (node, inputs) => {
    const count = (inputs.length - 2) / (states + 2);
    const [rate, time] = [0, 1].map((i) => Number(numbersOf(tensorAt(node, inputs, i))[0])) as [number, number];
    const results = range(count).map((i) => {
      const at = (group: number) => tensorAt(node, inputs, 2 + group * count + i);
      const next = update({ rate, time, x: numbersOf(at(0)), g: numbersOf(at(1)), states: range(states).map((s) => numbersOf(at(2 + s))) }, node);
      return next.map((values, k) => fromNumbers(at(k === 0 ? 0 : k + 1).type, at(0).dims, values));
    });
    return range(states + 1).flatMap((k) => results.map((result) => result[k]));
  };

const regularised = ({ x, g }: StepInput, node: Parameters<Kernel>[0]): Float64Array => {
  const norm = floatOf(node, 'norm_coefficient', 0);
  return g.map((each, i) => norm * x[i]! + each);
};

export const kernels = {
  'ai.onnx.preview.training:Adagrad': optimizer(1, (input, node) => {
    const g = regularised(input, node);
    const rate = input.rate / (1 + input.time * floatOf(node, 'decay_factor', 0));
    const h = input.states[0]!.map((each, i) => each + g[i]! ** 2);
    return [input.x.map((each, i) => each - (rate * g[i]!) / (Math.sqrt(h[i]!) + floatOf(node, 'epsilon', 1e-6))), h];
  }),
  'ai.onnx.preview.training:Momentum': optimizer(1, (input, node) => {
    const g = regularised(input, node);
    const [alpha, beta] = [floatOf(node, 'alpha', 0), input.time > 0 ? floatOf(node, 'beta', 0) : 1];
    const v = input.states[0]!.map((each, i) => alpha * each + beta * g[i]!);
    const nesterov = stringOf(node, 'mode') === 'nesterov';
    return [input.x.map((each, i) => each - input.rate * (nesterov ? g[i]! + alpha * v[i]! : v[i]!)), v];
  }),
  'ai.onnx.preview.training:Adam': optimizer(2, (input, node) => {
    const g = regularised(input, node);
    const [alpha, beta, epsilon] = [floatOf(node, 'alpha', 0.9), floatOf(node, 'beta', 0.999), floatOf(node, 'epsilon', 1e-6)];
    const v = input.states[0]!.map((each, i) => alpha * each + (1 - alpha) * g[i]!);
    const h = input.states[1]!.map((each, i) => beta * each + (1 - beta) * g[i]! ** 2);
    const rate = input.time > 0 ? (input.rate * Math.sqrt(1 - beta ** input.time)) / (1 - alpha ** input.time) : input.rate;
    const post = 1 - floatOf(node, 'norm_coefficient_post', 0);
    return [input.x.map((each, i) => post * (each - (rate * v[i]!) / (Math.sqrt(h[i]!) + epsilon))), v, h];
  }),
} satisfies Record<string, Kernel>;
