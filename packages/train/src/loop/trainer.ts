// A trainer: the training graph of a model with its weights, to be stepped batch by batch. `train` is a loop around one; own loops may be too.
import { isModelDietError } from '@modeldiet/numfmt';
import { type Model, requireModel } from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import type { Backend, Slot } from '@modeldiet/runtime';
import type { Feeds, LongWork, Tensor, Warning } from '@modeldiet/tensor';
import { fail } from '../errors';
import { type GradientGraph, type GradientOptions, gradient } from '../gradient/gradient';
import { float32Masters } from '../gradient/masters';
import { crossEntropy } from '../losses/cross-entropy';
import type { Loss } from '../losses/loss';
import { adam } from '../optimizers/adam';
import type { Clock, Optimizer } from '../optimizers/optimizer';
import { bind } from './batches';
import { fusedStepper } from './fused';
import { nodesStepper } from './nodes';
import type { Masks, Stepper } from './stepper';
import { checkMasks, readWeights, withWeights } from './weights';

export interface TrainerOptions extends LongWork, Omit<GradientOptions, 'loss'> {
  readonly backend: Backend;
  /** Intra-op threads; default the backend's. Below some 100,000 weights one is the quickest. */
  readonly threads?: number;
  /** Threads that wait busily between steps: quicker on an otherwise idle machine, much slower on a busy one. Default false. */
  readonly spin?: boolean;
  /** Default `crossEntropy()`. */
  readonly loss?: Loss;
  /** Default `adam()`. */
  readonly optimizer?: Optimizer;
  /** Elements of weights to hold at zero. */
  readonly masks?: Masks;
  /** Where the optimizer runs: 'fused' (default), one loop on the CPU; 'nodes', in the graph, for backends that keep tensors on a device. */
  readonly form?: 'fused' | 'nodes';
  /** Default: SIMD where WebAssembly works, else plain TypeScript, and that is said. The result is the same. */
  readonly kernels?: 'plain' | 'simd';
}

export interface Trainer {
  readonly graph: GradientGraph;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly kernels: Stepper['kernels'];
  /** What a batch must feed, by the names of {@link bind}. */
  readonly inputs: readonly Slot[];
  readonly prediction?: Slot;
  /** Columns of a dataset item onto {@link inputs}. Throws `runtime/feeds-mismatch`. */
  bind(columns: Feeds): Feeds;
  /** One step on bound feeds; the loss before it. A loss that is not finite changes no weight. */
  step(feeds: Feeds, clock: Clock): Promise<number>;
  /** Loss and prediction on bound feeds, without a step. */
  evaluate(feeds: Feeds): Promise<{ readonly loss: number; readonly prediction?: Tensor }>;
  /** Copies of the weights as they are now. */
  read(): Promise<ReadonlyMap<string, Float32Array>>;
  /** A copy of the model with these weights (default: as they are now). */
  model(weights?: ReadonlyMap<string, Float32Array>): Promise<Model>;
  release(): Promise<void>;
}

function warnOf(graph: GradientGraph, warn: ((warning: Warning) => void) | undefined): void {
  for (const warning of graph.warnings) warn?.(warning);
  for (const { name, dtype } of graph.parameters)
    if (dtype === 'float64') warn?.({ code: 'train/narrowed', message: `float64 weight '${name}' is trained in float32`, where: { value: name } });
}

/** Below this opset some gradients cannot be written: ScatterElements adds only since 16. */
const opset = 16;

/** The model at an opset that gradients can be written in. A conversion that is missing matters only below 13. */
async function raised(model: Model, { signal }: LongWork): Promise<Model> {
  const now = model.opsets.get('') ?? model.opsets.get('ai.onnx') ?? opset;
  if (now >= opset) return model;
  try {
    return (await raiseOpset(model, opset, { signal })).model;
  } catch (e) {
    if (now >= 13 && isModelDietError(e) && e.code === 'ops/no-conversion') return model;
    throw e;
  }
}

/** The training graph and where its parameters start. By default, weights that hold an infinity (attention masks) are left as they are. */
async function prepare(
  model: Model,
  options: TrainerOptions,
  loss: Loss,
  work: LongWork,
): Promise<{ graph: GradientGraph; initial: Map<string, Float32Array> }> {
  const { wrt, freeze = [], logits, rules } = options;
  const source = await raised(model, work);
  const graph = gradient(source, { loss, wrt, freeze, logits, rules });
  const inner = graph.parameters.find(({ kind }) => kind === 'value');
  if (inner) throw fail('no-match', { where: { option: 'wrt', value: inner.name } }, 'only weights can be trained, and this value is none');
  const { weights, infinite } = await readWeights(model, graph.parameters, work);
  if (!infinite.length) return { graph, initial: weights };
  if (Array.isArray(wrt)) throw fail('bad-weight', { where: { value: infinite[0] }, actual: 'an infinity' });
  const left = new Set(infinite);
  const again = gradient(source, { loss, freeze: [...freeze, ...infinite], logits, rules });
  return { graph: { ...again, frozen: again.frozen.map((each) => (left.has(each.name) ? { ...each, reason: 'infinite' } : each)) }, initial: weights };
}

/**
 * Opens a trainer. Feeds that `step` takes are bound: `trainer.bind(item)` first. The training graph is at opset 16 or newer; the model it gives back keeps its own.
 * @example
 * const trainer = await openTrainer(model, { backend, optimizer: adam({ lr: 1e-3 }) });
 * for (let step = 1; step <= 100; step++) await trainer.step(trainer.bind(nextBatch()), { step, steps: 100 });
 * const trained = await trainer.model();
 * await trainer.release();
 */
export async function openTrainer(model: Model, options: TrainerOptions): Promise<Trainer> {
  requireModel(model);
  const { loss = crossEntropy(), optimizer = adam(), masks = {}, backend, threads, spin, kernels, form = 'fused', signal, onProgress, onWarning } = options;
  const work: LongWork = { signal, onProgress, onWarning };
  const { graph, initial } = await prepare(model, options, loss, work);
  checkMasks(masks, graph.parameters);
  warnOf(graph, onWarning);
  float32Masters(graph);
  const open = form === 'nodes' ? nodesStepper : fusedStepper;
  const stepper = await open({ graph, optimizer, backend, threads, spin, initial, masks, kernels, ...work });
  return {
    ...stepper,
    graph,
    loss,
    optimizer,
    bind: (columns) => bind({ inputs: stepper.inputs, renamed: graph.columns }, columns),
    model: async (weights) => withWeights(model, graph.parameters, weights ?? (await stepper.read()), work),
  };
}
