// The node cases of onnx through our sessions: what passes stays passing, what is refused is refused by a typed error, what differs is known by name.
// `MODELDIET_CONFORMANCE=write` runs every backend, those in a browser too, and writes fixtures/expected/conformance.json and docs/FEATURES.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Backend, ortBackend, referenceBackend } from '@modeldiet/runtime';
import { backendConformance, type ConformanceSkip, deviations } from '@modeldiet/runtime/conformance';
import { fileTrace } from '@modeldiet/runtime/node';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { nodeCases } from '../oracle/ops-cases';
import { chromiumColumns } from './chromium';
import { featuresPage, type Totals, totalsOf } from './matrix';
import { type Outcome, runCase } from './run-case';

const expectedPath = 'fixtures/expected/conformance.json';
const write = process.env.MODELDIET_CONFORMANCE === 'write';
const trace = fileTrace();

/** A GPU in software, where Debian's chromium brings it: right, and slow. */
const icd = '/usr/lib/chromium/vk_swiftshader_icd.json';
const swiftshader = write && existsSync(icd);
if (swiftshader) process.env.VK_ICD_FILENAMES ??= icd;

/** `always`: part of every test run; the others only when the page is written. */
const backends: Readonly<Record<string, { readonly backend: Backend; readonly always: boolean; readonly skip: readonly ConformanceSkip[] }>> = {
  'onnxruntime-node cpu': { backend: ortBackend(node, { trace }), always: true, skip: deviations['onnxruntime-node cpu'] },
  'onnxruntime-web wasm in Node': { backend: ortBackend(web, { trace }), always: false, skip: deviations['onnxruntime-web wasm'] },
  ...(swiftshader && {
    'onnxruntime-node webgpu (SwiftShader)': {
      backend: ortBackend(node, { executionProviders: ['webgpu'], trace }),
      always: false,
      skip: deviations['onnxruntime-node webgpu'],
    },
  }),
  reference: { backend: referenceBackend(), always: false, skip: deviations.reference },
};

const expected: Readonly<Record<string, Totals>> = existsSync(expectedPath) ? JSON.parse(readFileSync(expectedPath, 'utf8')) : {};
const cases = nodeCases();
const results: Record<string, readonly Outcome[]> = {};

async function runAll(backend: Backend): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const each of cases) outcomes.push(await runCase(backend, each));
  return outcomes;
}

describe('node cases', () => {
  for (const [name, { backend, always }] of Object.entries(backends))
    it.runIf(always || write)(name, { timeout: 600_000 }, async () => {
      const outcomes = await runAll(backend);
      results[name] = outcomes;
      const untyped = outcomes.filter(({ status, why }) => status === 'refused' && !/^[a-z-]+\/[a-z-]+$/.test(why ?? ''));
      expect(untyped).toEqual([]);
      if (write) return;
      const before = expected[name]!;
      const now = totalsOf(outcomes);
      expect(Object.keys(now.differs).filter((each) => !Object.hasOwn(before.differs, each))).toEqual([]);
      expect(now.passed).toBeGreaterThanOrEqual(before.passed);
    });
});

it.runIf(write)('writes the page', { timeout: 900_000 }, async () => {
  const { columns, missing: absent } = await chromiumColumns();
  const missing = [...absent];
  const own: Record<string, { passed: number; skipped: readonly ConformanceSkip[] }> = {};
  for (const [name, { backend, skip }] of Object.entries(backends)) {
    const tests = backendConformance({ backend, skip }).filter(({ skipped }) => skipped === undefined);
    for (const { run } of tests) await run();
    own[name] = { passed: tests.length, skipped: skip };
  }
  if (!swiftshader) missing.push('onnxruntime-node webgpu: no GPU in software where this page was written');
  for (const [name, column] of Object.entries(columns)) {
    results[name] = column.outcomes;
    own[name] = column.own;
  }
  writeFileSync(
    expectedPath,
    `${JSON.stringify(Object.fromEntries(Object.entries(results).map(([name, outcomes]) => [name, totalsOf(outcomes)])), null, 2)}\n`,
  );
  writeFileSync('docs/FEATURES.md', featuresPage(results, own, missing));
});
