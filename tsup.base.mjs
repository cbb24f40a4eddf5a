// Every package builds the same way: each entry of its `exports` from the source of the same name, as ESM, and as CJS where its exports have a `require`.
import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const names = Object.keys(exports)
  .filter((key) => key !== './package.json')
  .map((key) => (key === '.' ? 'index' : key.slice(2)));

const sourceOf = (name) => {
  const file = [`src/${name}.ts`, `src/${name}/index.ts`].find((candidate) => existsSync(candidate));
  if (!file) throw new Error(`package.json exports ./${name}, but there is neither src/${name}.ts nor src/${name}/index.ts`);
  return file;
};

export default defineConfig({
  entry: Object.fromEntries(names.map((name) => [name, sourceOf(name)])),
  format: exports['.'].require ? ['esm', 'cjs'] : ['esm'],
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/],
  sourcemap: true,
  splitting: true,
  treeshake: false,
  // JavaScript and types are built by two tasks into one folder: each removes only its own leavings.
  clean: ['!**/*.d.ts', '!**/*.d.cts'],
  tsconfig: '../../tsconfig.build.json',
  silent: true,
});
