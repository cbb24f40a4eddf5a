// The fused form: parameters live in the arena and are fed zero-copy; the session gives loss and gradients; one SIMD loop updates everything.
import type { Tensor } from '@modeldiet/tensor';
import { openArena } from '../arena';
import { batchInputs, numberOf, type Stepper, type StepperOptions } from './stepper';

export async function fusedStepper({ graph, optimizer, backend, threads, spin, initial, masks, kernels, signal, onWarning }: StepperOptions): Promise<Stepper> {
  const { parameters } = graph;
  const masked = Object.keys(masks).length > 0;
  const arena = openArena({ parameters: parameters.map(({ name, dims = [] }) => ({ name, dims })), state: optimizer.state, masked, kernels });
  if (arena.reason !== undefined && kernels !== 'plain')
    onWarning?.({ code: 'train/plain-kernels', message: `the optimizer runs without WebAssembly, slower: ${arena.reason}`, where: {} });
  const feedsOfParameters: Record<string, Tensor> = {};
  for (const { name, dims, parameter, mask } of arena.slices) {
    parameter.set(initial.get(name)!);
    feedsOfParameters[name] = { type: 'float32', dims, data: parameter };
    const keep = masks[name];
    if (mask && keep && keep.type !== 'string') for (let i = 0; i < mask.length; i++) mask[i] = Number(keep.data[i]) === 0 ? 0 : -1;
  }
  if (masked) arena.kernels.mask(arena.regions);
  const session = await backend.createSession(graph.model, { threads, spin, signal, onWarning });
  const gradients = parameters.map(({ gradient }) => gradient);
  const into: Record<string, Tensor> = {};
  arena.slices.forEach(({ dims, gradient }, i) => {
    into[gradients[i]!] = { type: 'float32', dims, data: gradient };
  });
  const fetches = [graph.loss, ...gradients];
  const evaluated = graph.prediction === undefined || graph.prediction === graph.loss ? [graph.loss] : [graph.loss, graph.prediction];
  return {
    inputs: batchInputs(session, new Set(parameters.map(({ name }) => name))),
    ...(graph.prediction !== undefined && { prediction: session.outputs.find(({ name }) => name === graph.prediction) }),
    kernels: arena.kernels.name,
    async step(feeds, clock) {
      const out = await session.run({ ...feeds, ...feedsOfParameters }, { fetches, into });
      const loss = numberOf(out[graph.loss]);
      if (!Number.isFinite(loss)) return loss;
      arena.slices.forEach(({ gradient }, i) => {
        const made = out[gradients[i]!]!.data as Float32Array;
        if (made !== gradient) gradient.set(made);
      });
      optimizer.fused(arena.kernels, arena.regions, clock);
      if (masked) arena.kernels.mask(arena.regions);
      return loss;
    },
    async evaluate(feeds) {
      const out = await session.run({ ...feeds, ...feedsOfParameters }, { fetches: evaluated });
      return { loss: numberOf(out[graph.loss]), ...(graph.prediction !== undefined && { prediction: out[graph.prediction] }) };
    },
    read: async () => new Map(arena.slices.map(({ name, parameter }) => [name, parameter.slice()])),
    release: () => session.release(),
  };
}
