// Packages come from their sources, so that the page follows them as they are edited; an app of your own needs none of the `alias`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const root = new URL('../../', import.meta.url);
const { paths } = JSON.parse(readFileSync(new URL('tsconfig.base.json', root), 'utf8')).compilerOptions as { paths: Record<string, [string]> };
const alias = Object.entries(paths).map(([name, [file]]) => ({ find: new RegExp(`^${name}$`), replacement: fileURLToPath(new URL(file, root)) }));

/** The built page may ask its own site only, and evaluates no text: WebAssembly is all it compiles. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
];
const contentPolicy: Plugin = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [{ tag: 'meta', injectTo: 'head-prepend', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy.join('; ') } }],
};

export default defineConfig({
  base: './',
  resolve: { alias },
  plugins: [contentPolicy],
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'], include: ['papaparse'] },
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
});
