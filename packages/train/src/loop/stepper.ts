// One step of training, behind one interface: the optimizer as a loop over flat memory (`fused`), or as nodes of the graph (`nodes`).
import type { Backend, Session, Slot } from '@modeldiet/runtime';
import type { Feeds, LongWork, Tensor } from '@modeldiet/tensor';
import type { GradientGraph } from '../gradient/gradient';
import type { Clock, Optimizer } from '../optimizers/optimizer';

/** Which elements of a weight are kept (not 0) and which are held at zero (0): uint8, bool or float32, in the weight's shape, by the weight's name. */
export type Masks = Readonly<Record<string, Tensor>>;

export interface StepperOptions extends LongWork {
  readonly graph: GradientGraph;
  readonly optimizer: Optimizer;
  readonly backend: Backend;
  readonly threads?: number;
  readonly spin?: boolean;
  /** Where each parameter starts, by name. */
  readonly initial: ReadonlyMap<string, Float32Array>;
  readonly masks: Masks;
  readonly kernels?: 'plain' | 'simd';
}

export interface Stepper {
  /** What a batch must feed: the model's inputs and the loss's columns, not the parameters. */
  readonly inputs: readonly Slot[];
  readonly prediction?: Slot;
  /** Which loops ran the optimizer. */
  readonly kernels: 'plain' | 'simd' | 'nodes';
  /** Trains on one batch and returns its loss, as it was before the step. */
  step(feeds: Feeds, clock: Clock): Promise<number>;
  /** Loss and prediction, without a step. */
  evaluate(feeds: Feeds): Promise<{ readonly loss: number; readonly prediction?: Tensor }>;
  /** Copies of the parameters as they are now. */
  read(): Promise<ReadonlyMap<string, Float32Array>>;
  release(): Promise<void>;
}

/** The inputs of `session` that are not among `own`. */
export const batchInputs = (session: Session, own: ReadonlySet<string>): Slot[] => session.inputs.filter(({ name }) => !own.has(name));

export const numberOf = (tensor: Tensor | undefined): number => Number(tensor && tensor.type !== 'string' ? tensor.data[0] : Number.NaN);
