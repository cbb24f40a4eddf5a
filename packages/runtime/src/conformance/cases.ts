// The cases every backend must pass, as data: a name and what to run. A deviation is a skip with its reason, never a changed case.
import type { Backend } from '../backend';
import { dtypeCases } from './cases/dtypes';
import { feedCases } from './cases/feeds';
import { lifeCases } from './cases/life';
import { loadCases } from './cases/load';
import { runCases } from './cases/run';

export interface ConformanceCase {
  /** 'dtypes/float16', 'feeds/missing', ... */
  readonly name: string;
  /** Throws what went wrong. */
  run(backend: Backend): Promise<void>;
}

export const conformanceCases: readonly ConformanceCase[] = [...dtypeCases, ...feedCases, ...runCases, ...lifeCases, ...loadCases];
