// Every error the command line itself throws: code -> kind and one sentence. Rows of kind 'argument' end with status 2 and the verb's usage, all others with 1.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  usage: { kind: 'argument', says: 'the words of the call are off' },
  'option-value': { kind: 'argument', says: 'the option has no such value' },
  'unknown-data': { kind: 'argument', says: 'this is no data set' },
  'unknown-input': { kind: 'argument', says: 'the model has no such input or symbolic dim' },
  'require-syntax': { kind: 'argument', says: 'the requirement cannot be read' },
  'budget-syntax': { kind: 'argument', says: 'the budget cannot be read' },
  'no-image-input': { kind: 'argument', says: 'the model has no input that an image would fill' },
  'require-failed': { kind: 'limit', says: 'a requirement is not met' },
  'verify-failed': { kind: 'backend', says: 'the runtime refuses the model that was about to be written, so it was not put in place' },
  'output-path': { kind: 'io', says: 'the output cannot be written here' },
  'over-budget': { kind: 'limit', says: 'no variant meets the budget' },
  'no-labels': { kind: 'data', says: 'the data set has no labels' },
} as const satisfies ErrorTable;

export const fail = failer('cli', errors);
