// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  amount: { kind: 'argument', says: 'the amount to prune is a share from 0 up to, and without, 1' },
  'bad-option': { kind: 'argument', says: 'the option has no such value' },
  'not-finite': { kind: 'data', says: 'the weight holds NaN, so its numbers have no order' },
  'no-group': { kind: 'argument', says: 'the plan names a group that the model does not have' },
} as const satisfies ErrorTable;

export const fail = failer('prune', errors);
