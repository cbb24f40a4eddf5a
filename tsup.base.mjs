// Every package builds the same way: each entry of its `exports` from the source of the same name, as ESM and CJS.
import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const names = Object.keys(exports)
  .filter((key) => key !== './package.json')
  .map((key) => (key === '.' ? 'index' : key.slice(2)));
const entry = Object.fromEntries(names.map((name) => [name, [`src/${name}.ts`, `src/${name}/index.ts`].find((file) => existsSync(file))]));

export default defineConfig({
  entry,
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/],
  sourcemap: true,
  splitting: true,
  treeshake: false,
  clean: false,
  tsconfig: '../../tsconfig.build.json',
  silent: true,
});
