// Three projects: node (unit tests beside the sources, and tests/), alone (those that measure their own process) and browser (*.browser.test.ts in a real Chromium,
// where one is found).
// Packages resolve to their sources, as in tsconfig.base.json.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumFlags, findChromium } from './scripts/find-chromium.mjs';

const { paths } = JSON.parse(readFileSync('tsconfig.base.json', 'utf8')).compilerOptions as { paths: Record<string, [string]> };
const alias = Object.entries(paths).map(([name, [file]]) => ({ find: new RegExp(`^${name}$`), replacement: resolve(file) }));
const chromium = findChromium();

const browser = {
  resolve: { alias },
  optimizeDeps: { exclude: ['onnxruntime-web'], include: ['echarts/charts', 'echarts/components', 'echarts/core', 'echarts/renderers'] },
  server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  test: {
    name: 'browser',
    include: ['packages/*/src/**/*.browser.test.ts', 'tests/browser/**/*.test.ts'],
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: chromium, args: chromiumFlags } }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
};

// Tests that measure their own process (memory, time) have one each; the other files of a worker share their modules, since importing would take as long as the tests.
// A test that changes a global puts it back.
const alone = [
  'packages/profiler/src/**/*.test.ts',
  'packages/pipeline/src/diagnose/**/*.test.ts',
  'packages/runtime/src/soak.test.ts',
  'packages/data/src/memory.test.ts',
  'packages/data/src/npz/npz.test.ts',
  'packages/onnx-io/src/fuzz.test.ts',
  'packages/onnx-io/src/hostile.test.ts',
  'packages/onnx-io/src/node/read-model.test.ts',
];
const elsewhere = ['**/*.browser.test.ts', 'tests/browser/**', '**/node_modules/**'];
const inNode = (name: string, isolate: boolean, include: string[], exclude: string[]) => ({
  resolve: { alias },
  test: { name, include, exclude, pool: 'forks' as const, isolate, testTimeout: 60_000 },
});
const node = inNode('node', false, ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts'], [...elsewhere, ...alone]);
const ownProcess = inNode('alone', true, alone, elsewhere);

export default defineConfig({ test: { maxWorkers: Math.max(2, availableParallelism() - 1), projects: [node, ownProcess, ...(chromium ? [browser] : [])] } });
