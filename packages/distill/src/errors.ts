// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'bad-option': { kind: 'argument', says: 'the option has no such value' },
  'no-losses': { kind: 'argument', says: 'a student needs at least one loss to learn from' },
  'cannot-join': { kind: 'argument', says: "no projection joins the student's value and the teacher's" },
  'teacher-output': { kind: 'data', says: 'the teacher answers in another shape than the loss can use' },
} as const satisfies ErrorTable;

export const fail = failer('distill', errors);
