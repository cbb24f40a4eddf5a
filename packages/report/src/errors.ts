// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'nothing-to-draw': { kind: 'data', says: 'the chart has no point, bar or bin' },
  weights: { kind: 'argument', says: 'a picture of a weight needs a code for each of its numbers' },
  'not-drawable': { kind: 'data', says: 'a number of the chart has no place on its axis' },
} as const satisfies ErrorTable;

export const fail = failer('report', errors);
