// The columns of the page that a browser fills: both suites in Chromium, in a run of its own that leaves its outcomes in files.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { type ConformanceSkip, conformanceCases, deviations } from '@modeldiet/runtime/conformance';
import { findChromium } from '../../scripts/find-chromium.mjs';
import type { Outcome } from './run-case';

export interface Column {
  readonly outcomes: readonly Outcome[];
  readonly own: { readonly passed: number; readonly skipped: readonly ConformanceSkip[] };
}

const folder = 'node_modules/.cache/conformance';
const suites = { wasm: deviations['onnxruntime-web wasm'], webgpu: deviations['onnxruntime-web webgpu'] } as const;

/** Runs both suites on WebAssembly and WebGPU; a reason instead where there is no Chromium, or no WebGPU in it. Throws when a test of the browser fails. */
export async function chromiumColumns(): Promise<{ readonly columns: Readonly<Record<string, Column>>; readonly missing: readonly string[] }> {
  if (!findChromium()) return { columns: {}, missing: ['no Chromium was found where this page was written, so its columns are missing'] };
  rmSync(folder, { recursive: true, force: true });
  const files = ['tests/browser/node-cases', ...Object.keys(suites).map((name) => `packages/runtime/src/conformance/${name}.browser`)];
  // Without the parent's own settings, which would make it a worker of this run.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(VITEST|TEST$|NODE_ENV$|MODELDIET_CONFORMANCE$)/.test(key)));
  await promisify(execFile)(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'browser', ...files], {
    env: { ...env, VITE_CONFORMANCE: 'write' },
    maxBuffer: 2 ** 26,
  });
  const columns: Record<string, Column> = {};
  const missing: string[] = [];
  for (const [name, skipped] of Object.entries(suites)) {
    const column = `onnxruntime-web ${name} in Chromium`;
    const file = `${folder}/${column}.json`;
    if (!existsSync(file)) {
      missing.push(`${column}: this Chromium has no ${name}`);
      continue;
    }
    const left = skipped.reduce((sum, { cases }) => sum + cases.length, 0);
    columns[column] = { outcomes: JSON.parse(readFileSync(file, 'utf8')) as Outcome[], own: { passed: conformanceCases.length - left, skipped } };
  }
  return { columns, missing };
}
