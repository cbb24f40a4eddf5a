// Every package builds the same way. A library has three forms, chosen by the conditions of its exports:
// - modules, one file for each source file (`import`): a page's bundler drops every module it does not use, as `sideEffects: false` counts modules;
// - whole, one file for each entry (`import` in Node): it starts faster than hundreds of files do;
// - CJS, one file for each entry (`require`).
// The command line, which has no `require`, is built whole.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { posix, relative, sep } from 'node:path';
import { defineConfig } from 'tsup';

const started = Date.now() - 1000;
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const names = Object.keys(exports)
  .filter((key) => key !== './package.json')
  .map((key) => (key === '.' ? 'index' : key.slice(2)));

const sourceOf = (name) => {
  const file = [`src/${name}.ts`, `src/${name}/index.ts`].find((candidate) => existsSync(candidate));
  if (!file) throw new Error(`package.json exports ./${name}, but there is neither src/${name}.ts nor src/${name}/index.ts`);
  return file;
};
const entry = Object.fromEntries(names.map((name) => [name, sourceOf(name)]));

/** Leaves relative imports as imports, with the name that the built file has. */
const keepModules = {
  name: 'keep-modules',
  setup(build) {
    const built = new Map(Object.entries(entry).map(([name, file]) => [file, name]));
    build.onResolve({ filter: /^\.\.?\// }, async ({ path, importer, resolveDir, pluginData, kind }) => {
      if (pluginData === 'resolving' || kind === 'entry-point') return undefined;
      const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: 'resolving' });
      if (found.errors.length || !found.path.endsWith('.ts')) return undefined;
      const name = (file) => {
        const source = relative(process.cwd(), file).split(sep).join('/');
        return built.get(source) ?? source.replace(/^src\//, '').replace(/\.ts$/, '');
      };
      const to = posix.relative(posix.dirname(name(importer)), name(found.path));
      return { path: `${to.startsWith('.') ? to : `./${to}`}.js`, external: true };
    });
  },
};

const modules = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile() && file.name.endsWith('.ts') && !/\.(test|test-\w+|d|as|bench)\.ts$/.test(file.name))
  .map((file) => relative('.', `${file.parentPath}/${file.name}`).split(sep).join('/'))
  .filter((file) => !/\/testing(\.ts|\/)/.test(file) && !Object.values(entry).includes(file));

const shared = {
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/],
  removeNodeProtocol: false,
  sourcemap: true,
  treeshake: false,
  clean: false,
  tsconfig: '../../tsconfig.build.json',
  silent: true,
};

/** Nothing is removed before a build, so that what runs from dist keeps running; afterwards go the files that this build did not write. */
const removeStale = async () => {
  for (const file of readdirSync('dist', { recursive: true, withFileTypes: true })) {
    const path = `${file.parentPath}/${file.name}`;
    if (file.isFile() && /\.(js|cjs|map)$/.test(file.name) && statSync(path).mtimeMs < started) rmSync(path);
  }
};

const everyModule = { ...entry, ...Object.fromEntries(modules.map((file) => [file.replace(/^src\//, '').replace(/\.ts$/, ''), file])) };
const library = exports['.'].require !== undefined;

const builds = {
  modules: { ...shared, format: 'esm', entry: everyModule, splitting: false, esbuildPlugins: [keepModules] },
  whole: { ...shared, format: 'esm', entry, outDir: library ? 'dist/whole' : 'dist', splitting: true },
  // shims: import.meta.url has a value in CJS too.
  cjs: { ...shared, format: 'cjs', entry, splitting: true, shims: true },
};

export default defineConfig((options) => {
  if (options.dts) return { ...shared, format: library ? ['esm', 'cjs'] : ['esm'], entry, clean: ['!**/*.js', '!**/*.cjs', '!**/*.map'] };
  const [first, ...others] = library ? [builds.modules, builds.whole, builds.cjs] : [builds.whole];
  return [{ ...first, onSuccess: removeStale }, ...others];
});
