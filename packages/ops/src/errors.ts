// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'no-conversion': { kind: 'unsupported', says: 'the op changed its meaning between these opsets and there is no conversion' },
  'opset-lower': { kind: 'argument', says: 'the model already imports a higher opset; it can only be raised' },
  'opset-unknown': { kind: 'unsupported', says: 'the opset is newer than the conversion rows know' },
  'no-kernel': { kind: 'unsupported', says: 'the interpreter has no kernel, and the op has no function body' },
  'weight-not-loaded': { kind: 'argument', says: 'the weight is not in memory: call materializeModel(model) first' },
  'missing-feed': { kind: 'argument', says: 'the graph needs this input and nothing feeds it' },
  'unknown-fetch': { kind: 'argument', says: 'no value of the graph has this name' },
  'unknown-feed': { kind: 'argument', says: 'the graph has no input of this name' },
  'unknown-dim': { kind: 'argument', says: 'no declared shape has a dim of this name' },
  'bad-dim': { kind: 'argument', says: 'a dim cannot be this' },
  'bad-input': { kind: 'data', says: 'the op cannot take this input' },
  'bad-attribute': { kind: 'model', says: 'the attribute cannot be' },
  'unsupported-type': { kind: 'unsupported', says: 'the kernel does not compute with this type' },
  'recursive-function': { kind: 'model', says: 'the function calls itself' },
  'loop-limit': { kind: 'limit', says: 'the loop does not end' },
} as const satisfies ErrorTable;

export const fail = failer('ops', errors);
