// How a row of facts is written: a shape rule, a tolerance, and what else is known.
import type { OpFacts, ShapeRule, Tolerance } from '../facts';

type More = Omit<OpFacts, 'shape' | 'tolerance'>;

/** One row. */
export const row = (shape: ShapeRule, tolerance: Tolerance, more: More = {}): OpFacts => ({ shape, tolerance, ...more });

/** Several ops that share a row. */
export const rows = <const K extends readonly string[], F>(keys: K, facts: F): Record<K[number], F> =>
  Object.fromEntries(keys.map((key) => [key, facts])) as Record<K[number], F>;
