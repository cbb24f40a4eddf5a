// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'no-gradient': { kind: 'unsupported', says: 'no gradient rule for this op; pass one with `rules`' },
  'old-opset': { kind: 'unsupported', says: 'gradients need opset 13 or newer; raise it first' },
  'unknown-rank': { kind: 'unsupported', says: 'the gradient needs to know the rank of this value' },
  'unknown-value': { kind: 'argument', says: 'the model has no such value' },
  'no-match': { kind: 'argument', says: 'the pattern matches no value that can be trained' },
  'no-path': { kind: 'argument', says: 'the value does not reach the loss along a differentiable path' },
  'not-float': { kind: 'argument', says: 'only floating-point values have gradients' },
  'no-parameters': { kind: 'empty', says: 'no float weight of the model reaches the loss, so there is nothing to train' },
  'no-logits': { kind: 'argument', says: 'cannot tell which value is the prediction; name it with `logits`' },
  'loss-type': { kind: 'argument', says: 'the loss must be one float number' },
  'column-missing': { kind: 'data', says: 'the dataset has no such column' },
  'label-range': { kind: 'data', says: 'a label is no class of the model' },
  'label-type': { kind: 'data', says: 'the column has the wrong element type or shape for this loss' },
  'empty-dataset': { kind: 'data', says: 'the dataset has no example' },
  'not-finite': { kind: 'data', says: 'the loss is no longer a finite number; a smaller learning rate may help' },
  'bad-weight': { kind: 'model', says: 'the weight holds NaN or infinity, so it cannot be trained' },
  'mask-mismatch': { kind: 'argument', says: 'the mask does not fit a trained weight' },
  option: { kind: 'argument', says: 'the option is out of range' },
} as const satisfies ErrorTable;

export const fail = failer('train', errors);
