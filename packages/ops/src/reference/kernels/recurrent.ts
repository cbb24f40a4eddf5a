// RNN, GRU and LSTM: the equations of the operator spec, step by step. `layout` 1 puts the batch first.
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { attributeOf, floatsOf, intOf, stringOf, stringsOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { badAttribute, type Datum, type Kernel, optionalAt, tensorAt } from '../kernel';
import { range } from '../layout';
import { sigmoid, softplus } from './unary';

type Activation = (x: number) => number;
/** By name, with alpha and beta; the second entry holds their defaults. */
const activations: Readonly<Record<string, (alpha: number | undefined, beta: number | undefined) => Activation>> = {
  relu: () => (x) => Math.max(0, x),
  tanh: () => Math.tanh,
  sigmoid: () => sigmoid,
  affine:
    (a = 1, b = 0) =>
    (x) =>
      a * x + b,
  leakyrelu:
    (a = 0.01) =>
    (x) =>
      x < 0 ? a * x : x,
  thresholdedrelu:
    (a = 1) =>
    (x) =>
      x > a ? x : 0,
  scaledtanh:
    (a = 1, b = 1) =>
    (x) =>
      a * Math.tanh(b * x),
  hardsigmoid:
    (a = 0.2, b = 0.5) =>
    (x) =>
      Math.min(Math.max(a * x + b, 0), 1),
  elu:
    (a = 1) =>
    (x) =>
      x < 0 ? a * Math.expm1(x) : x,
  softsign: () => (x) => x / (1 + Math.abs(x)),
  softplus: () => softplus,
};
const takesAlpha = new Set(['affine', 'leakyrelu', 'thresholdedrelu', 'scaledtanh', 'hardsigmoid', 'elu']);
const takesBeta = new Set(['affine', 'scaledtanh', 'hardsigmoid']);

function activationsOf(node: Node, defaults: readonly string[], directions: number): Activation[] {
  const names = (stringsOf(node, 'activations') ?? range(directions).flatMap(() => [...defaults])).map((name) => name.toLowerCase());
  const [alphas, betas] = [[...(floatsOf(node, 'activation_alpha') ?? [])], [...(floatsOf(node, 'activation_beta') ?? [])]];
  const clip = attributeOf(node, 'clip', 'float');
  return names.map((name) => {
    const make = activations[name] ?? badAttribute(node, 'activations', name);
    const f = make(takesAlpha.has(name) ? alphas.shift() : undefined, takesBeta.has(name) ? betas.shift() : undefined);
    return clip === undefined ? f : (x) => f(Math.min(Math.max(x, -clip), clip));
  });
}

/** One direction: weights of all gates, row-major, [gates * hidden, in]. */
interface Cell {
  readonly w: ArrayLike<number>;
  readonly r: ArrayLike<number>;
  /** Biases of W, then of R; zeros when left out. */
  readonly b: ArrayLike<number>;
  readonly p: ArrayLike<number>;
  readonly input: number;
  readonly hidden: number;
  readonly f: readonly Activation[];
}
interface State {
  readonly h: Float64Array;
  readonly c: Float64Array;
}
type Step = (cell: Cell, x: ArrayLike<number>, state: State, node: Node) => State;

const dot = (matrix: ArrayLike<number>, row: number, vector: ArrayLike<number>, length: number): number => {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += matrix[row * length + i]! * vector[i]!;
  return sum;
};
/** x W' + h R' + both biases, for one gate. */
const gate = ({ w, r, b, input, hidden }: Cell, index: number, gates: number, x: ArrayLike<number>, h: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: hidden }, (_, i) => {
    const row = index * hidden + i;
    return dot(w, row, x, input) + dot(r, row, h, hidden) + b[row]! + b[gates * hidden + row]!;
  });

const rnnStep: Step = (cell, x, { h, c }) => ({ h: gate(cell, 0, 1, x, h).map(cell.f[0]!), c });

/** Gates z, r, h. */
const gruStep: Step = (cell, x, { h, c }, node) => {
  const { w, r, b, input, hidden, f } = cell;
  const z = gate(cell, 0, 3, x, h).map(f[0]!);
  const reset = gate(cell, 1, 3, x, h).map(f[0]!);
  const before = intOf(node, 'linear_before_reset', 0) !== 0;
  const candidate = Float64Array.from({ length: hidden }, (_, i) => {
    const row = 2 * hidden + i;
    const recurrence = before
      ? reset[i]! * (dot(r, row, h, hidden) + b[3 * hidden + row]!)
      : dot(
          r,
          row,
          h.map((each, k) => each * reset[k]!),
          hidden,
        ) + b[3 * hidden + row]!;
    return f[1]!(dot(w, row, x, input) + b[row]! + recurrence);
  });
  return { h: h.map((each, i) => (1 - z[i]!) * candidate[i]! + z[i]! * each), c };
};

/** Gates i, o, f, c, with peepholes i, o, f. */
const lstmStep: Step = (cell, x, { h, c }, node) => {
  const { p, hidden, f } = cell;
  const [i, o, forget, candidate] = range(4).map((index) => gate(cell, index, 4, x, h)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const inGate = i.map((each, k) => f[0]!(each + p[k]! * c[k]!));
  const keep = intOf(node, 'input_forget', 0) === 1 ? inGate.map((each) => 1 - each) : forget.map((each, k) => f[0]!(each + p[2 * hidden + k]! * c[k]!));
  const next = c.map((each, k) => keep[k]! * each + inGate[k]! * f[1]!(candidate[k]!));
  const out = o.map((each, k) => f[0]!(each + p[hidden + k]! * next[k]!));
  return { h: next.map((each, k) => out[k]! * f[2]!(each)), c: next };
};

/** Inputs X, W, R, B?, sequence_lens?, initial_h?, and of LSTM initial_c?, P?. */
const recurrent =
  (gates: number, defaults: readonly string[], step: Step): Kernel =>
  (node, inputs) => {
    const [x, w, r] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
    const batchFirst = intOf(node, 'layout', 0) === 1;
    const direction = stringOf(node, 'direction', 'forward');
    const [seq, batch] = batchFirst ? [x.dims[1]!, x.dims[0]!] : [x.dims[0]!, x.dims[1]!];
    const [directions, input] = [w.dims[0]!, x.dims[2]!];
    const hidden = r.dims[2]!;
    const given = (index: number): ArrayLike<number> | undefined => {
      const t = optionalAt(node, inputs as readonly (Datum | undefined)[], index);
      return t && numbersOf(t);
    };
    const lens = optionalAt(node, inputs, 4);
    const lengths = lens ? integersOf(lens) : range(batch).map(() => seq);
    const [xs, ws, rs, bs, h0, c0, ps] = [numbersOf(x), numbersOf(w), numbersOf(r), given(3), given(5), given(6), given(7)];
    const all = activationsOf(node, defaults, directions);
    const y = new Float64Array(seq * directions * batch * hidden);
    const [yh, yc] = [new Float64Array(directions * batch * hidden), new Float64Array(directions * batch * hidden)];
    const part = (values: ArrayLike<number> | undefined, from: number, length: number): Float64Array =>
      values ? Float64Array.from({ length }, (_, i) => values[from + i]!) : new Float64Array(length);
    for (let d = 0; d < directions; d++) {
      const cell: Cell = {
        w: part(ws, d * gates * hidden * input, gates * hidden * input),
        r: part(rs, d * gates * hidden * hidden, gates * hidden * hidden),
        b: part(bs, d * 2 * gates * hidden, 2 * gates * hidden),
        p: part(ps, d * 3 * hidden, 3 * hidden),
        input,
        hidden,
        f: all.slice(d * defaults.length, (d + 1) * defaults.length),
      };
      const backward = direction === 'reverse' || d === 1;
      for (let n = 0; n < batch; n++) {
        const stateAt = (batchFirst ? n * directions + d : d * batch + n) * hidden;
        let state: State = { h: part(h0, stateAt, hidden), c: part(c0, stateAt, hidden) };
        for (let t = 0; t < lengths[n]!; t++) {
          const at = backward ? lengths[n]! - 1 - t : t;
          const xAt = (batchFirst ? n * seq + at : at * batch + n) * input;
          state = step(cell, part(xs, xAt, input), state, node);
          y.set(state.h, batchFirst ? ((n * seq + at) * directions + d) * hidden : ((at * directions + d) * batch + n) * hidden);
        }
        yh.set(state.h, stateAt);
        yc.set(state.c, stateAt);
      }
    }
    const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    const yDims = batchFirst ? [batch, seq, directions, hidden] : [seq, directions, batch, hidden];
    return [fromNumbers(x.type, yDims, y), fromNumbers(x.type, last, yh), fromNumbers(x.type, last, yc)];
  };

export const kernels = {
  RNN: recurrent(1, ['Tanh'], rnnStep),
  GRU: recurrent(3, ['Sigmoid', 'Tanh'], gruStep),
  LSTM: recurrent(4, ['Sigmoid', 'Tanh', 'Tanh'], lstmStep),
} satisfies Record<string, Kernel>;
