// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'duplicate-name': { kind: 'model', says: 'two values of one scope have the same name' },
  'missing-value': { kind: 'model', says: 'a node reads a value that nothing defines' },
  cycle: { kind: 'model', says: 'the graph has a cycle' },
  'still-used': { kind: 'argument', says: 'what is removed is still read by others' },
  'wrong-graph': { kind: 'argument', says: 'the value is not visible from this graph' },
  'output-is-input': { kind: 'model', says: 'a graph input that is also an output of its graph cannot be replaced as an output' },
  'no-initializers': { kind: 'argument', says: 'a function holds no initializers; a Constant node can hold the value' },
  'not-constant': { kind: 'argument', says: 'there is no constant here' },
  'edit-range': { kind: 'argument', says: 'there is no such place' },
  'unknown-op': { kind: 'argument', says: 'there is no such operator at this opset' },
  'unknown-attribute': { kind: 'argument', says: 'the operator has no such attribute at this opset' },
  'missing-attribute': { kind: 'argument', says: 'the operator needs this attribute' },
  'attribute-value': { kind: 'argument', says: 'the value does not fit the attribute' },
  'input-count': { kind: 'argument', says: 'the operator takes other inputs' },
  'input-value': { kind: 'argument', says: 'this cannot be an input' },
  'no-match': { kind: 'argument', says: 'the pattern matches no node' },
  'nothing-changed': { kind: 'empty', says: 'the transform changed nothing' },
} as const satisfies ErrorTable;

export const fail = failer('onnx-io', errors);
