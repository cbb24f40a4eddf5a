// The nodes form: the optimizer is part of the graph; parameters and state go from one run's outputs to the next run's inputs, on the device where the backend keeps them there.
import { edit, type Value } from '@modeldiet/onnx-io';
import type { Slot } from '@modeldiet/runtime';
import type { DeviceTensor, Tensor } from '@modeldiet/tensor';
import { emitter } from '../emit';
import type { GradientGraph } from '../gradient/gradient';
import type { Optimizer } from '../optimizers/optimizer';
import { batchInputs, type Masks, numberOf, type Stepper, type StepperOptions } from './stepper';

interface Carried {
  /** A graph input, and the output whose value it takes in the next run. */
  readonly input: string;
  readonly output: string;
  readonly dims: readonly number[];
  readonly start?: Float32Array;
}

/** Adds the optimizer to the training graph, in place. */
function addOptimizer({ model, parameters }: GradientGraph, optimizer: Optimizer, masks: Masks, initial: ReadonlyMap<string, Float32Array>) {
  const { graph } = model;
  const e = emitter(graph, { of: () => undefined }, 'optimizer');
  const scalars = optimizer.scalars.map((name) =>
    edit.addInput(graph, edit.freshName(model, `optimizer/${name}`), { kind: 'tensor', dtype: 'float32', shape: [] }),
  );
  const byName = new Map([...graph.inputs, ...graph.outputs].map((value) => [value.name, value]));
  const carried: Carried[] = [];
  const made: Value[] = [];
  const carry = (input: Value, output: Value, dims: readonly number[], start?: Float32Array): void => {
    const named = edit.addNode(graph, {
      opType: 'Identity',
      inputs: [output],
      outputs: [{ name: edit.freshName(model, `${input.name}/next`), type: { kind: 'tensor', dtype: 'float32', shape: dims } }],
    }).outputs[0]!;
    made.push(named);
    carried.push({ input: input.name, output: named.name, dims, ...(start && { start }) });
  };
  for (const { name, dims = [], gradient } of parameters) {
    const parameter = byName.get(name)!;
    const state = Array.from({ length: optimizer.state }, (_, i) =>
      edit.addInput(graph, edit.freshName(model, `optimizer/${name}/${i}`), { kind: 'tensor', dtype: 'float32', shape: dims }),
    );
    const next = optimizer.nodes(e, { parameter, gradient: byName.get(gradient)!, state, scalars });
    const keep = masks[name];
    const held = keep && keep.type !== 'string' ? e.op('Where', [keptAt(e, keep), next.parameter, e.scalar(0, parameter)], {}, 'float32') : next.parameter;
    carry(parameter, held, dims, initial.get(name)!.slice());
    state.forEach((value, i) => {
      carry(value, next.state[i]!, dims);
    });
  }
  edit.setOutputs(graph, [...graph.outputs.filter(({ name }) => !parameters.some(({ gradient }) => gradient === name)), ...made]);
  return { carried, scalars: scalars.map(({ name }) => name) };
}

const keptAt = (e: ReturnType<typeof emitter>, mask: Exclude<Tensor, Tensor<'string'>>): Value =>
  e.constant({ type: 'bool', dims: mask.dims, data: Uint8Array.from(mask.data as ArrayLike<number>, (x) => (Number(x) === 0 ? 0 : 1)) });

export async function nodesStepper({ graph, optimizer, backend, threads, spin, initial, masks, signal, onWarning }: StepperOptions): Promise<Stepper> {
  const { carried, scalars } = addOptimizer(graph, optimizer, masks, initial);
  const session = await backend.createSession(graph.model, { threads, spin, signal, onWarning });
  const scalar = (x: number): Tensor => ({ type: 'float32', dims: [], data: Float32Array.of(x) });
  let held: Record<string, Tensor | DeviceTensor> = {};
  for (const { input, dims, start } of carried) {
    const data = start ?? new Float32Array(dims.reduce((a, b) => a * b, 1));
    const keep = masks[input];
    if (keep && keep.type !== 'string') for (let i = 0; i < data.length; i++) if (Number(keep.data[i]) === 0) data[i] = 0;
    held[input] = { type: 'float32', dims, data };
  }
  const dispose = (tensors: Record<string, Tensor | DeviceTensor>): void => {
    for (const tensor of Object.values(tensors)) if ('dispose' in tensor) tensor.dispose();
  };
  const keepOnDevice = carried.map(({ output }) => output);
  const evaluated = graph.prediction === undefined || graph.prediction === graph.loss ? [graph.loss] : [graph.loss, graph.prediction];
  const load = async (tensor: Tensor | DeviceTensor): Promise<Tensor> => ('data' in tensor ? tensor : tensor.load());
  const feed = (numbers: readonly number[]): Record<string, Tensor> => Object.fromEntries(scalars.map((name, i) => [name, scalar(numbers[i]!)]));
  const own = new Set([...carried.map(({ input }) => input), ...scalars]);
  const prediction: Slot | undefined = session.outputs.find(({ name }) => name === graph.prediction);
  return {
    inputs: batchInputs(session, own),
    ...(prediction && { prediction }),
    kernels: 'nodes',
    async step(feeds, clock) {
      const out = await session.run({ ...feeds, ...held, ...feed(optimizer.numbers(clock)) }, { fetches: [graph.loss, ...keepOnDevice], keepOnDevice });
      const before = held;
      held = Object.fromEntries(carried.map(({ input, output }) => [input, out[output]!]));
      dispose(before);
      return numberOf(await load(out[graph.loss]!));
    },
    async evaluate(feeds) {
      const out = await session.run({ ...feeds, ...held, ...feed(scalars.map(() => 0)) }, { fetches: evaluated });
      return { loss: numberOf(out[graph.loss]), ...(graph.prediction !== undefined && { prediction: out[graph.prediction] }) };
    },
    async read() {
      const read = new Map<string, Float32Array>();
      for (const { name } of graph.parameters) read.set(name, ((await load(held[name]!)).data as Float32Array).slice());
      return read;
    },
    async release() {
      dispose(held);
      await session.release();
    },
  };
}
