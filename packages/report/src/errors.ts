// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'nothing-to-draw': { kind: 'data', says: 'the chart has no point, bar or bin' },
  'not-drawable': { kind: 'data', says: 'a number of the chart has no place on its axis' },
} as const satisfies ErrorTable;

export const fail = failer('report', errors);
