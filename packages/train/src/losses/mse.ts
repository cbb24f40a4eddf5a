// Mean squared error, for regression.
import type { Loss } from './loss';

export interface MseOptions {
  /** The column of targets (float32, the shape of the prediction); default 'label'. */
  readonly label?: string;
}

/** The mean over all elements of (prediction - target)^2. */
export function mse({ label = 'label' }: MseOptions = {}): Loss {
  return Object.freeze<Loss>({
    name: 'mse',
    options: { label },
    onLogits: false,
    target: label,
    build({ e, prediction, column }) {
      const guess = e.dtype(prediction) === 'float64' ? prediction : e.cast(prediction, 'float32');
      const target = column(label, e.dtype(guess) ?? 'float32', e.dims(prediction));
      const error = e.op('Sub', [guess, target]);
      return e.mean(e.op('Mul', [error, error]));
    },
  });
}
