// What a loss is: a frozen value that writes itself into the graph.

import type { Dim, Value } from '@modeldiet/onnx-io';
import type { DType, Tensor } from '@modeldiet/tensor';
import type { Emit } from '../emit';
import type { Strategy } from '../strategy';

/** The graph as a loss sees it. */
export interface LossGraph {
  readonly e: Emit;
  /** The model's prediction: logits, for a loss that asks for them. */
  readonly prediction: Value;
  /** A value of the model by name. Throws `train/unknown-value`. */
  value(name: string): Value;
  /** A new graph input, fed from the dataset's column of that name. */
  column(name: string, dtype: DType, dims?: readonly Dim[]): Value;
  /** A weight of the loss itself: trained with the model, and absent from what is saved. */
  parameter(name: string, initial: Tensor<'float32'>): Value;
}

export interface Loss extends Strategy {
  /** The prediction must be logits: a Softmax at the end of the model is stepped over. */
  readonly onLogits: boolean;
  /** The column that holds class indices, when there is one: labels are checked against the number of classes. */
  readonly classes?: string;
  /** The column that a metric is counted against, if any. */
  readonly target?: string;
  /** Emits the loss, a scalar, as the mean over the batch. */
  build(graph: LossGraph): Value;
}
