// The node cases of onnx through sessions in a worker of a page. A sample of them in every test run, all of them where the page of results is written:
// their outcomes then go to a file, which tests/conformance reads.
import { workerBackend } from '@modeldiet/runtime';
import { expect } from 'vitest';
import { commands } from 'vitest/browser';
import known from '../../fixtures/expected/conformance.json?raw';
import archive from '../../fixtures/onnx-node-cases-1.23.2.tar.gz?url';
import type { Totals } from '../conformance/matrix';
import { type Outcome, runCase } from '../conformance/run-case';
import { casesOf, type NodeCase } from '../oracle/ops-archive';

export interface BrowserCases {
  /** The column of the page of results. */
  readonly name: string;
  readonly worker: () => Worker;
  /** The sample: every so many cases. */
  readonly every: number;
}

export const hasGpu = async (): Promise<boolean> =>
  'gpu' in navigator && (await (navigator as Navigator & { gpu: { requestAdapter(): Promise<object | null> } }).gpu.requestAdapter()) !== null;

export async function allCases(): Promise<NodeCase[]> {
  const bytes = new Uint8Array(await (await fetch(archive)).arrayBuffer());
  // A server may say that it is an encoding, and then it is unzipped on the way.
  if (bytes[0] !== 0x1f) return casesOf(bytes);
  const plain = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
  return casesOf(new Uint8Array(await plain.arrayBuffer()));
}

/** Runs the cases one after the other. A run whose kernel throws on the GPU never settles: a worker that does not answer is ended, and another takes its place. */
export async function outcomesOf(cases: readonly NodeCase[], start: () => Worker, patience = 8000): Promise<Outcome[]> {
  let worker = start();
  let backend = workerBackend(worker);
  const outcomes: Outcome[] = [];
  for (const each of cases) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), patience);
    });
    const outcome = await Promise.race([backend.then((ready) => runCase(ready, each)), late]);
    clearTimeout(timer);
    if (outcome) {
      outcomes.push(outcome);
      continue;
    }
    outcomes.push({ name: each.name, ops: [], status: 'differs', why: `no answer in ${patience / 1000} s` });
    worker.terminate();
    worker = start();
    backend = workerBackend(worker);
  }
  worker.terminate();
  return outcomes;
}

const writes = (import.meta as ImportMeta & { env: Record<string, unknown> }).env.VITE_CONFORMANCE === 'write';

/** Runs the sample and compares it with what is known; or all cases, and writes what came out. */
export async function judgeNodeCases({ name, worker, every }: BrowserCases): Promise<void> {
  const cases = await allCases();
  const asked = writes ? cases : cases.filter((_, i) => i % every === 0);
  const outcomes = await outcomesOf(asked, worker);
  expect(outcomes.filter(({ status, why }) => status === 'refused' && !/^[a-z-]+\/[a-z-]+$/.test(why ?? ''))).toEqual([]);
  if (writes) return commands.writeFile(`node_modules/.cache/conformance/${name}.json`, JSON.stringify(outcomes));
  const before = (JSON.parse(known) as Record<string, Totals>)[name]!;
  expect(outcomes.filter(({ status, name: each }) => status === 'differs' && !Object.hasOwn(before.differs, each))).toEqual([]);
  // The share of the sample is that of all cases, give or take.
  const share = (passed: number, of: number): number => passed / of;
  const whole = share(before.passed, cases.length);
  expect(share(outcomes.filter(({ status }) => status === 'passed').length, asked.length)).toBeGreaterThan(whole - 0.08);
}
