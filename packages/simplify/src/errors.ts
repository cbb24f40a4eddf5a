// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'unknown-pass': { kind: 'argument', says: 'there is no such pass' },
} as const satisfies ErrorTable;

export const fail = failer('simplify', errors);
