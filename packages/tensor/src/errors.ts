// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  dims: { kind: 'argument', says: 'dims are non-negative integers whose product can be counted' },
  length: { kind: 'data', says: 'the data does not have as many elements as the dims say' },
  storage: { kind: 'argument', says: 'the data is not in the storage of its type' },
  'not-numeric': { kind: 'unsupported', says: 'this type holds no numbers to compute with' },
  'lazy-output': { kind: 'argument', says: 'what was computed is not what was announced' },
  mismatch: { kind: 'argument', says: 'the tensors do not fit each other' },
  broadcast: { kind: 'argument', says: 'the dims do not broadcast' },
  argument: { kind: 'argument', says: 'the argument is out of range' },
  empty: { kind: 'argument', says: 'no samples' },
} as const satisfies ErrorTable;

export const fail = failer('tensor', errors);
