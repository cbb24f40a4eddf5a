// How a run that did not work out ends: the status, the object for --json, the line for people.
import { isModelDietError, type Where } from '@modeldiet/numfmt';
import { Interrupted } from '../interrupt';
import type { Paint } from './paint';

export interface ErrorJson {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly where: Where;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** 2 for the words of the call, 130 for Ctrl-C, 1 for everything else. What a library calls an argument is the job's failure here: the words were fine. */
export function statusOf(error: unknown): 1 | 2 | 130 {
  if (error instanceof Interrupted) return 130;
  return isModelDietError(error) && error.kind === 'argument' && error.code.startsWith('cli/') ? 2 : 1;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value, (_, x) => (typeof x === 'bigint' ? String(x) : x)) ?? 'null');

export function errorJson(error: unknown): ErrorJson {
  if (error instanceof Interrupted) return { kind: 'interrupted', code: 'cli/interrupted', message: 'stopped by a signal; nothing was written', where: {} };
  if (!isModelDietError(error)) return { kind: 'internal', code: 'cli/internal', message: messageOf(error), where: {} };
  const { kind, code, message, where, expected, actual } = error;
  return { kind, code, message, where, expected: plain(expected), actual: plain(actual) };
}

/** The chain of causes that add something, each on its own line. */
function causes(error: unknown): string[] {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return [];
  const text = messageOf(cause).split('\n')[0]!;
  return messageOf(error).includes(text) ? causes(cause) : [`  because ${text}`, ...causes(cause)];
}

/** 'modeldiet quantize: model.onnx, at byte 12: the file ends too early [onnx-io/truncated]'. */
export function errorText(error: unknown, verb: string | undefined, paint: Paint, verbose: boolean): string {
  const name = ['modeldiet', verb].filter(Boolean).join(' ');
  if (error instanceof Interrupted) return `${name}: stopped; nothing was written`;
  const { code, message, kind } = errorJson(error);
  const mark = kind === 'internal' ? 'a defect of modeldiet, worth a report' : code;
  const stack = (verbose || kind === 'internal') && error instanceof Error && error.stack ? [paint.dim(error.stack)] : [];
  return [`${name}: ${paint.red(message)} ${paint.dim(`[${mark}]`)}`, ...causes(error), ...stack].join('\n');
}
