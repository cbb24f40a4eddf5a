// Our session options in ONNX Runtime's words.
import type { SessionOptions } from '../backend';
import { fail } from '../errors';
import { type ExecutionProvider, flavorOf, type OrtModule } from './module';

const levels = { none: 'disabled', basic: 'basic', extended: 'extended', all: 'all' } as const satisfies Record<
  NonNullable<SessionOptions['optimize']>,
  string
>;

/** Fatal only: what fails is thrown, and a library does not write to stderr. */
export const silent = 4;

type Plain = { readonly [key: string]: unknown };
const isPlain = (x: unknown): x is Plain => typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype;

/** `b` over `a`, objects merged at every depth. */
const merged = (a: Plain, b: Plain): Plain => {
  const out: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) out[key] = isPlain(out[key]) && isPlain(value) ? merged(out[key], value) : value;
  return out;
};

/** Options for `InferenceSession.create`. Threads above 1 do not spin unless asked to: several open sessions would ruin each other's timings. */
export function ortOptions(ort: OrtModule, providers: readonly ExecutionProvider[], options: SessionOptions, more: object = {}): object {
  const { threads = 1, spin = false, optimize = 'all', native } = options;
  const base: Plain = {
    executionProviders: providers,
    graphOptimizationLevel: levels[optimize],
    logSeverityLevel: silent,
    ...(flavorOf(ort) === 'node' && { intraOpNumThreads: threads, interOpNumThreads: 1 }),
    ...(flavorOf(ort) === 'node' && threads > 1 && { extra: { session: { intra_op: { allow_spinning: spin ? '1' : '0' } } } }),
  };
  return merged(merged(base, more as Plain), (native ?? {}) as Plain);
}

/** Throws `runtime/bad-threads` for anything but a whole number of at least 1. */
export function checkThreads(threads: number | undefined): void {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1))
    throw fail('bad-threads', { where: { option: 'threads' }, expected: 'a whole number, 1 or more', actual: threads });
}
