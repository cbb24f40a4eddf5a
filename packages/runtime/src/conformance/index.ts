// One suite for every backend. Cases are data, so they run under any test framework, in Node and in a browser.
import type { Backend } from '../backend';
import { conformanceCases } from './cases';

export type { ConformanceCase } from './cases';
export { conformanceCases } from './cases';
export { deviations } from './deviations';

export interface ConformanceSkip {
  readonly reason: string;
  /** Names of cases, exact. */
  readonly cases: readonly string[];
}

export interface ConformanceOptions {
  readonly backend: Backend | (() => Backend | Promise<Backend>);
  readonly skip?: readonly ConformanceSkip[];
}

export interface ConformanceTest {
  readonly name: string;
  /** The reason, for a skipped case. */
  readonly skipped?: string;
  run(): Promise<void>;
}

/**
 * The suite for one backend. A skip that names no case is an error, so that a list of deviations cannot rot.
 * @example
 * for (const { name, skipped, run } of backendConformance({ backend })) test.skipIf(skipped)(name, run);
 */
export function backendConformance(options: ConformanceOptions): readonly ConformanceTest[] {
  const { backend, skip = [] } = options;
  const reasons = new Map(skip.flatMap(({ reason, cases }) => cases.map((name) => [name, reason] as const)));
  for (const name of reasons.keys()) if (!conformanceCases.some((entry) => entry.name === name)) throw new RangeError(`no conformance case is named '${name}'`);
  let opened: Promise<Backend> | undefined;
  const open = (): Promise<Backend> => (opened ??= Promise.resolve(typeof backend === 'function' ? backend() : backend));
  return conformanceCases.map(({ name, run }) => {
    const skipped = reasons.get(name);
    return { name, ...(skipped !== undefined && { skipped }), run: async () => run(await open()) };
  });
}
