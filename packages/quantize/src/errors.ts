// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'not-finite': { kind: 'data', says: 'the weight holds NaN or infinity, so no scale fits it' },
  'bad-option': { kind: 'argument', says: 'the option has no such value' },
} as const satisfies ErrorTable;

export const fail = failer('quantize', errors);
