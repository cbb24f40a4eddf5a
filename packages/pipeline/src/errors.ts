// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'no-variants': { kind: 'argument', says: 'there is no variant to measure' },
  'same-name': { kind: 'argument', says: 'two variants have the same name' },
  'too-few-rows': { kind: 'data', says: 'the data has fewer rows than the batch asks for' },
  'fixed-batch': { kind: 'argument', says: 'the model has a fixed batch' },
  'no-outputs': { kind: 'model', says: 'there is no output that both models have' },
  budget: { kind: 'argument', says: 'the budget has no such limit, or its value makes no sense' },
  'budget-impossible': { kind: 'argument', says: 'no model can meet the limit' },
  'not-measured': { kind: 'argument', says: 'the budget limits what is not measured here' },
  'unknown-preset': { kind: 'argument', says: 'there is no such preset' },
  'no-steps': { kind: 'argument', says: 'a plan needs at least one step' },
  'unknown-step': { kind: 'argument', says: 'there is no such step' },
  'step-needs': { kind: 'argument', says: 'the step needs data or a backend that it was not given' },
  'no-web-runtime': { kind: 'io', says: 'onnxruntime-web is not installed where it was looked for' },
  'child-crashed': { kind: 'backend', says: 'the runtime crashed on the model' },
  'child-failed': { kind: 'backend', says: 'the model could not be measured in a fresh process' },
} as const satisfies ErrorTable;

export const fail = failer('pipeline', errors);
