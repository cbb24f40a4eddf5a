// A built example, served from this machine and opened in a Chromium that records what a user would not see: errors, and requests that leave.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { chromiumFlags } from '../../scripts/find-chromium.mjs';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
};

export interface Site {
  open(options?: {
    readonly colorScheme?: 'light' | 'dark';
    readonly width?: number;
  }): Promise<{ readonly page: Page; readonly complaints: readonly string[] }>;
  close(): Promise<void>;
}

/** Builds an example's page with Vite, as `npm run bundle` does, and serves it below a path, as a host of static files may. */
export async function site(example: string, executablePath: string): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'modeldiet-site-'));
  await build({
    root: example,
    configFile: join(example, 'vite.config.ts'),
    logLevel: 'error',
    mode: 'production',
    build: { outDir: folder, emptyOutDir: true },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    try {
      const body = readFileSync(join(folder, path.replace(/^\/below\//, '').replace(/\/$/, '') || 'index.html'));
      response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'text/html' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({ executablePath, args: chromiumFlags });
  return {
    open: async () => {
      const page = await browser.newPage({ colorScheme: 'light', viewport: { width: 1200, height: 900 } });
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        if (!/^(data:|blob:)/.test(request.url()) && new URL(request.url()).origin !== origin) complaints.push(`leaves: ${request.url()}`);
      });
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
      });
      await page.goto(`${origin}/below/`);
      return { page, complaints };
    },
    close: async () => {
      await browser.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
