// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from './error';

export const errors = {
  'unknown-format': { kind: 'argument', says: 'no format has this name' },
  code: { kind: 'argument', says: 'this is no code of the format' },
  random: { kind: 'argument', says: 'stochastic rounding needs a random' },
  length: { kind: 'argument', says: 'the number of elements is off' },
  'not-finite': { kind: 'data', says: 'NaN or infinity has no scale' },
  range: { kind: 'argument', says: 'the range is off' },
  qparams: { kind: 'argument', says: 'the qparams are off' },
  granularity: { kind: 'argument', says: 'the granularity does not fit the dims' },
} as const satisfies ErrorTable;

export const fail = failer('numfmt', errors);
