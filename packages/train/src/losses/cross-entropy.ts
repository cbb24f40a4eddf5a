// Softmax cross-entropy: the mean over the batch of -log softmax(logits)[label].
import { attr } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';
import type { Loss } from './loss';

export interface CrossEntropyOptions {
  /** The column of class indices (int64, one an example); default 'label'. */
  readonly label?: string;
  /** Mixes the true class with the uniform distribution; 0 (default) <= s < 1. */
  readonly labelSmoothing?: number;
}

/** Cross-entropy of logits [N, ..., C] against class indices [N, ...] in 0..C-1. */
export function crossEntropy({ label = 'label', labelSmoothing = 0 }: CrossEntropyOptions = {}): Loss {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    throw fail('option', { where: { option: 'labelSmoothing' }, expected: '0 <= s < 1', actual: labelSmoothing });
  return Object.freeze<Loss>({
    name: 'crossEntropy',
    options: { label, labelSmoothing },
    onLogits: true,
    classes: label,
    target: label,
    build({ e, prediction, column }) {
      const logits = e.dtype(prediction) === 'float64' ? prediction : e.cast(prediction, 'float32');
      const dims = e.dims(prediction);
      const labels = column(label, 'int64', dims?.slice(0, -1));
      const logp = e.op('LogSoftmax', [logits], { axis: attr.int(-1) });
      const extent = dims?.at(-1);
      const classes = typeof extent === 'number' ? e.ints([extent]) : e.op('Gather', [e.op('Shape', [logits], {}, 'int64'), e.ints([-1])]);
      const zeroOne: Tensor<'float32'> = { type: 'float32', dims: [2], data: Float32Array.of(0, 1) };
      const float = e.dtype(logits) === 'float64' ? 'float64' : 'float32';
      let target = e.cast(e.op('OneHot', [labels, classes, e.constant(zeroOne)], { axis: attr.int(-1) }, 'float32'), float);
      if (labelSmoothing > 0) {
        const share = e.op('Div', [e.scalar(labelSmoothing, logits), e.cast(classes, float)]);
        target = e.op('Add', [e.op('Mul', [target, e.scalar(1 - labelSmoothing, logits)]), share]);
      }
      // One sum over examples and classes; the sign and the mean are one factor, -1 / N.
      const factor = e.op('Div', [e.scalar(-1, logits), e.cast(e.op('Size', [labels], {}, 'int64'), float)]);
      return e.mul(e.sum(e.op('Mul', [target, logp]), undefined, false), factor);
    },
  });
}
