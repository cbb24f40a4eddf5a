// What a conformance case demands, without a test framework: it throws with what was expected and met.
import { isModelDietError } from '@modeldiet/numfmt';
import type { Tensor } from '@modeldiet/tensor';

const show = (x: unknown): string => JSON.stringify(x, (_, v) => (typeof v === 'bigint' ? `${v}n` : ArrayBuffer.isView(v) ? Array.from(v as Uint8Array) : v));

export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Equal in structure: numbers by Object.is, typed arrays by entries. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  demand(same(actual, expected), `${what}: expected ${show(expected)}, got ${show(actual)}`);
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || a.constructor !== b.constructor) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((key) => Object.hasOwn(y, key) && same(x[key], y[key]));
}

/** Equal within `tolerance`, absolute. */
export function near(actual: Tensor | undefined, expected: readonly number[], tolerance: number, what: string): void {
  const got = Array.from((actual?.data ?? []) as ArrayLike<number>, Number);
  const far = got.length !== expected.length || got.some((x, i) => !(Math.abs(x - expected[i]!) <= tolerance));
  demand(!far, `${what}: expected ${show(expected)}, got ${show(got)}`);
}

/** Rejects with this code, and what is thrown names `value` where given. */
export async function rejects(job: Promise<unknown>, code: string, value?: string): Promise<void> {
  try {
    await job;
  } catch (e) {
    if (!isModelDietError(e)) throw new Error(`expected ${code}, got ${e instanceof Error ? `${e.name}: ${e.message}` : String(e)}`);
    equal(e.code, code, `code of "${e.message}"`);
    if (value !== undefined) equal(e.where.value, value, `value named by "${e.message}"`);
    return;
  }
  throw new Error(`expected ${code}, but nothing was thrown`);
}

/** Rejects with exactly this reason: an abort. */
export async function rejectsWith(job: Promise<unknown>, reason: unknown): Promise<void> {
  try {
    await job;
  } catch (e) {
    demand(e === reason, `expected the signal's reason, got ${String(e)}`);
    return;
  }
  throw new Error('expected an abort, but nothing was thrown');
}
