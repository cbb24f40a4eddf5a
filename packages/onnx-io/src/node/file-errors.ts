// Errors of the file system as typed errors with a place.
import { isModelDietError } from '@modeldiet/numfmt';
import { fail } from '../errors';

const codeOf = (cause: unknown): string => (typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '');
export const isMissing = (cause: unknown): boolean => codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR';

export function readError(cause: unknown, file: string): Error {
  if (isModelDietError(cause)) return cause;
  if (isMissing(cause)) return fail('not-found', { where: { file }, cause });
  if (codeOf(cause) === 'EISDIR') return fail('not-a-file', { where: { file }, cause }, 'this is a folder, not a file');
  return fail('read-failed', { where: { file }, cause, actual: codeOf(cause) || String(cause) });
}

/** What is not of the file system (a `verify` that refused, a weight that could not be made) stays as it is. */
export function writeError(cause: unknown, file: string): unknown {
  const system = typeof cause === 'object' && cause !== null && 'syscall' in cause;
  return system ? fail('write-failed', { where: { file }, cause, actual: codeOf(cause) }) : cause;
}
