// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'bad-option': { kind: 'argument', says: 'the option has no such value' },
  'too-few-entries': { kind: 'argument', says: 'a comparison needs two entries or more' },
  'unknown-baseline': { kind: 'argument', says: 'the baseline is none of the entries' },
  'no-feeds': { kind: 'empty', says: 'there are no feeds to run' },
  'no-trace': { kind: 'backend', says: 'the runtime traced no run' },
  'no-batch-axis': { kind: 'model', says: 'the model has no open batch axis' },
} as const satisfies ErrorTable;

export const fail = failer('profiler', errors);
