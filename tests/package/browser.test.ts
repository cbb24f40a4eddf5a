// A 20-line web app on the packed packages: built with Vite and with esbuild, small, and running in a page and in a Worker of a real Chromium under strict content policies.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumFlags, findChromium } from '../../scripts/find-chromium.mjs';
import { installProject, type Project } from './project';

const executablePath = findChromium();
const budget = 80_000;
const pages = ['page', 'worker-page'] as const;
/** Content policies, and the number kernels that then run. */
const policies = {
  'no eval, no WebAssembly': { policy: "default-src 'self'; script-src 'self'; worker-src 'self'", kernels: 'plain' },
  'no eval': { policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'", kernels: 'simd' },
} as const;
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.onnx': 'application/octet-stream' };

let project: Project;
let answer: { changed: number; weights: readonly { name: string; type: string; dims: readonly number[]; sha256: string }[] };

const bundlers = {
  vite: async () => {
    const input = pages.map((page) => join(project.folder, 'app', `${page}.html`));
    const options = { outDir: '../vite', emptyOutDir: true, modulePreload: false, rollupOptions: { input } };
    await vite({ root: join(project.folder, 'app'), base: './', configFile: false, logLevel: 'error', worker: { format: 'es' }, build: options });
    return join(project.folder, 'vite');
  },
  esbuild: async () => {
    const outdir = join(project.folder, 'esbuild');
    const entryPoints = ['page', 'worker-page', 'worker'].map((name) => join(project.folder, 'app', `${name}.js`));
    await esbuild({ entryPoints, outdir, bundle: true, minify: true, format: 'esm', target: 'es2022', logLevel: 'error' });
    for (const page of pages) cpSync(join(project.folder, 'app', `${page}.html`), join(outdir, `${page}.html`));
    return outdir;
  },
};

/** Serves a folder under a policy; `downloaded` counts the gzip bytes of the scripts asked for. */
async function serve(folder: string, policy: string): Promise<{ server: Server; origin: string; downloaded: () => number }> {
  let bytes = 0;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/favicon.ico') return void response.writeHead(204).end();
    try {
      const body = readFileSync(path === '/model.onnx' ? join(project.folder, 'model.onnx') : join(folder, path));
      if (path.endsWith('.js')) bytes += gzipSync(body, { level: 9 }).length;
      response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'text/plain', 'Content-Security-Policy': policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, downloaded: () => bytes };
}

beforeAll(async () => {
  project = installProject();
  cpSync(join(import.meta.dirname, 'app'), join(project.folder, 'app'), { recursive: true });
  writeFileSync(join(project.folder, 'app/package.json'), JSON.stringify({ type: 'module', private: true }));
  const script = `import { writeFileSync } from 'node:fs';
    import { linear, relu, saveModel, sequential } from '@modeldiet/onnx-io';
    import { shrink } from './app/shrink.js';
    const { bytes } = await saveModel(sequential([linear(64, 256), relu(), linear(256, 10)], { seed: 1 }));
    writeFileSync('model.onnx', bytes);
    console.log(JSON.stringify(await shrink(bytes)));`;
  answer = JSON.parse(project.run('model.mjs', script)) as typeof answer;
  expect(answer.changed).toBe(2);
  expect(answer.weights.filter(({ type }) => type === 'uint8' || type === 'int8').length).toBeGreaterThanOrEqual(2);
}, 120_000);
afterAll(() => project?.remove());

describe.each(Object.entries(bundlers))('%s', (_, bundle) => {
  let folder: string;
  let browser: Browser | undefined;
  beforeAll(async () => {
    folder = await bundle();
    if (executablePath) browser = await chromium.launch({ executablePath, args: chromiumFlags });
  }, 120_000);
  afterAll(() => browser?.close());
  const downloads = new Map<string, number>();

  it.runIf(executablePath).each(pages.flatMap((page) => Object.entries(policies).map(([name, rest]) => ({ page, name, ...rest }))))(
    '$page under a policy of $name: same bytes as Node',
    async ({ page: name, policy, kernels }) => {
      const { server, origin, downloaded } = await serve(folder, policy);
      const page = await browser!.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      try {
        await page.goto(`${origin}/${name}.html`);
        const got = await page.evaluate(() => (globalThis as unknown as { answer: Promise<unknown> }).answer);
        expect(got).toEqual({ ...answer, kernels });
        expect(complaints).toEqual([]);
        downloads.set(name, downloaded());
      } finally {
        await page.close();
        server.close();
      }
    },
  );

  it.runIf(executablePath)('downloads at most 80 KB of scripts, gzip', () => {
    expect([...downloads.keys()]).toEqual([...pages]);
    for (const [page, bytes] of downloads) expect(bytes, page).toBeLessThanOrEqual(budget);
  });
});
