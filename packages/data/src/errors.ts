// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  columns: { kind: 'data', says: 'the columns do not fit each other' },
  feeds: { kind: 'data', says: 'this is not feeds: an object of tensors { type, dims, data } by name' },
  'module-failed': { kind: 'data', says: 'the code of the feeds module threw an error' },
  spent: { kind: 'data', says: 'a generator can be read once only: give the function that makes it' },
  'not-indexed': { kind: 'argument', says: 'this needs items that can be read in any order: use cache() first' },
  argument: { kind: 'argument', says: 'the argument is out of range' },
  'ragged-row': { kind: 'data', says: 'the row has another number of cells than the first one' },
  cell: { kind: 'data', says: 'the cell is not a number' },
  label: { kind: 'data', says: 'the label is missing or off' },
  csv: { kind: 'data', says: 'this is no table' },
  empty: { kind: 'data', says: 'there is no data' },
  image: { kind: 'data', says: 'this is no image that can be decoded' },
  'no-decoder': { kind: 'unsupported', says: 'this platform decodes no images: give a decoder' },
  npy: { kind: 'data', says: 'this is no .npy file that can be read' },
  npz: { kind: 'data', says: 'this is no .npz file that can be read' },
  pickled: { kind: 'unsupported', says: 'an array of Python objects is pickled, and unpickling runs code: save numbers or strings' },
  'unknown-path': { kind: 'argument', says: 'no data by this name' },
} as const satisfies ErrorTable;

export const fail = failer('data', errors);
