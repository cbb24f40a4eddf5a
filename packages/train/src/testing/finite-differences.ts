// For tests: a gradient against central differences of the same graph, run by ONNX Runtime in float64 where it has the kernels.
import { type GraphBuilder, graphBuilder, type Model, type Value } from '@modeldiet/onnx-io';
import { ortBackend, withSession } from '@modeldiet/runtime';
import type { Feeds, Tensor } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';
import { type GradientOptions, gradient } from '../gradient/gradient';

export type Real = 'float64' | 'float32';

export interface Case {
  readonly name: string;
  /** The shapes of the values to differentiate by. */
  readonly x: readonly (readonly number[])[];
  /** Writes y from them. */
  readonly y: (g: GraphBuilder, x: readonly Value[]) => Value;
  /** Numbers the op is tried on; default: between -1 and 1, never within 0.05 of 0. */
  readonly values?: (i: number, input: number) => number;
  /** float32 where ONNX Runtime has no float64 kernel. */
  readonly real?: Real;
  readonly opset?: number;
  readonly rules?: GradientOptions['rules'];
}

export const backend = ortBackend(ort);

/** Irregular numbers: no two equal, none near a kink at 0 or 1. */
export const spread = (i: number, input = 0): number => {
  const u = ((i * 0.618033988749895 + input * 0.414213562373095 + 0.137) % 1) * 2 - 1;
  return u + Math.sign(u) * 0.05;
};

export const real = (type: Real, dims: readonly number[], data: ArrayLike<number>): Tensor =>
  type === 'float64' ? { type, dims, data: Float64Array.from(data) } : { type, dims, data: Float32Array.from(data) };

const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** How the dims of the inputs are told to the graph: all of them, rank and symbols (each its own), nothing. */
export type Known = 'dims' | 'rank' | 'nothing';

/** loss = sum(w y) for fixed weights w that differ from element to element, so that no error cancels. */
export function lossModel(c: Case, known: Known): Model {
  const type = c.real ?? 'float64';
  const g = graphBuilder({ opset: c.opset ?? 21 });
  const x = c.x.map((dims, i) => g.input(`x${i}`, type, known === 'dims' ? dims : known === 'rank' ? dims.map((_, axis) => `d${i}_${axis}`) : undefined));
  const y = c.y(g, x);
  const flat = g.op('Reshape', [y, [-1]]);
  const count = g.op('Cast', [g.op('Size', [flat])], { to: type === 'float64' ? 11 : 1 });
  const one = g.constant('one', real(type, [], [1]));
  const ramp = g.op('Range', [g.constant('zero', real(type, [], [0])), count, one]);
  const weights = g.op('Add', [g.op('Mul', [ramp, g.constant('slope', real(type, [], [0.37]))]), one]);
  const loss = g.op('ReduceSum', [g.op('Mul', [flat, weights])], { keepdims: 0 }, { output: 'loss' });
  g.output(loss, 'loss', { dims: [] });
  return g.model();
}

const scalar = (t: Tensor): number => Number((t as Tensor<'float64'>).data[0]);

/** The largest |gradient - difference| over all inputs, relative to the largest difference of its input (at least 1). */
export async function worstError(c: Case, known: Known): Promise<number> {
  const type = c.real ?? 'float64';
  const model = lossModel(c, known);
  const names = c.x.map((_, i) => `x${i}`);
  const values = c.x.map((dims, input) => Array.from({ length: size(dims) }, (_, i) => (c.values ?? spread)(i, input)));
  const feeds = (v: readonly (readonly number[])[]): Feeds => Object.fromEntries(names.map((name, i) => [name, real(type, c.x[i]!, v[i]!)]));
  const graph = gradient(model, { loss: 'loss', wrt: names, ...(c.rules && { rules: c.rules }) });
  const gradients = await withSession(backend, graph.model, {}, (session) => session.run(onlyInputs(graph.model, feeds(values))));
  const h = type === 'float64' ? 1e-5 : 2e-2;
  return withSession(backend, model, {}, async (session) => {
    const lossAt = async (input: number, i: number, by: number): Promise<number> => {
      const moved = values.map((v, j) => (j === input ? v.map((x, k) => (k === i ? x + by : x)) : v));
      return scalar((await session.run(feeds(moved))).loss!);
    };
    let worst = 0;
    for (const [input, { gradient: output, name }] of graph.parameters.entries()) {
      if (name !== names[input]) throw new Error(`gradients come out of order: ${name}`);
      const got = gradients[output] as Tensor<'float64'>;
      if (got.dims.join() !== c.x[input]!.join()) throw new Error(`${c.name}: gradient of ${name} has dims [${got.dims}], expected [${c.x[input]}]`);
      const wanted: number[] = [];
      for (let i = 0; i < got.data.length; i++) wanted.push(((await lossAt(input, i, h)) - (await lossAt(input, i, -h))) / (2 * h));
      const scale = Math.max(1, ...wanted.map(Math.abs));
      wanted.forEach((difference, i) => {
        const error = Math.abs(difference - got.data[i]!) / scale;
        worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
      });
    }
    return worst;
  });
}

/** The feeds that a training graph still reads. */
const onlyInputs = (model: Model, feeds: Feeds): Feeds =>
  Object.fromEntries(Object.entries(feeds).filter(([name]) => model.graph.inputs.some((input) => input.name === name)));
