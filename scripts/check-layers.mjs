// `npm run layers`: checks every import of packages/*/src and every package.json against layers.mjs, and that tsconfig references and paths follow package.json.
// `npm run layers -- --write` writes those references and paths.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { allowed, floorOf, folderOf, nodeOnly, npmName, reserved } from './layers.mjs';

/**
 * @typedef {{ folder: string, manifest: { name: string, exports?: Record<string, unknown>, dependencies?: Record<string, string>, peerDependencies?: Record<string, string> }, files: Record<string, string> }} Package
 * `files`: path below packages/<folder> -> text, sources only.
 */

const builtins = new Set(builtinModules);
const isTest = (path) => /\.(test|test-[a-z]+|bench)\.ts$/.test(path) || /\/testing(\.ts|\/)/.test(path);
const isNodeFile = (path) => path === 'src/node.ts' || dirname(path).split('/').includes('node');
const isBuiltin = (module) => module.startsWith('node:') || builtins.has(module.split('/')[0]);
const packageOf = (module) => module.split('/', module.startsWith('@') ? 2 : 1).join('/');
const siblings = (manifest) => Object.keys(manifest.dependencies ?? {}).filter(folderOf);

/** Where a relative import leads, as a path of `files`, or undefined. */
function resolveRelative(files, from, module) {
  const base = posix.join(dirname(from), module);
  return [base, `${base}.ts`, `${base}/index.ts`, base.replace(/\.js$/, '.ts')].find((path) => path in files);
}

function* importProblems(pkg, packages, path, module) {
  const { folder, manifest, files } = pkg;
  if (module.startsWith('.')) {
    const target = posix.normalize(posix.join(dirname(path), module));
    if (!target.startsWith('src') && target !== 'package.json') yield `reaches out of its package: '${module}'`;
    const file = resolveRelative(files, path, module);
    if (file && isNodeFile(file) && !isNodeFile(path) && !nodeOnly.includes(folder)) yield `imports '${module}', which is for Node only`;
    return;
  }
  if (isBuiltin(module)) {
    if (!module.startsWith('node:')) yield `writes '${module}' for 'node:${module}'`;
    if (!isNodeFile(path) && !nodeOnly.includes(folder)) yield `imports '${module}' outside src/node.ts and node/ folders`;
    return;
  }
  for (const { module: pattern, only, why } of reserved) if (pattern.test(module) && !only.test(`${folder}/${path}`)) yield `imports '${module}': ${why}`;
  const name = packageOf(module);
  if (name === manifest.name) yield `imports its own package by name: '${module}'`;
  const to = folderOf(name);
  if (to) {
    if (!allowed(folder, to)) yield `imports '${module}', which is not below ${folder}`;
    const entry = `.${module.slice(name.length)}`;
    const target = packages.find((other) => other.folder === to);
    if (target && !(entry in (target.manifest.exports ?? {}))) yield `imports '${module}', which ${name} does not export`;
  }
  if (name !== manifest.name && !(name in { ...manifest.dependencies, ...manifest.peerDependencies }))
    yield `imports '${module}', which its package.json does not depend on`;
}

/** Every rule that an import or a dependency breaks, one line each. @param {readonly Package[]} packages @returns {string[]} */
export function layerProblems(packages) {
  const problems = [];
  for (const pkg of packages) {
    const { folder, manifest, files } = pkg;
    const at = `packages/${folder}`;
    if (floorOf(folder) < 0) problems.push(`${at}: stands on no floor of scripts/layers.mjs`);
    if (manifest.name !== npmName(folder)) problems.push(`${at}/package.json: the name is ${manifest.name}, expected ${npmName(folder)}`);
    for (const name of siblings(manifest))
      if (!allowed(folder, folderOf(name))) problems.push(`${at}/package.json: depends on ${name}, which is not below ${folder}`);
    const used = new Set();
    for (const [path, text] of Object.entries(files)) {
      if (isTest(path)) continue;
      for (const { fileName: module } of ts.preProcessFile(text, true, true).importedFiles) {
        used.add(packageOf(module));
        for (const problem of importProblems(pkg, packages, path, module)) problems.push(`${at}/${path}: ${problem}`);
      }
    }
    for (const name of Object.keys(manifest.dependencies ?? {}))
      if (!folderOf(name) && !used.has(name)) problems.push(`${at}/package.json: depends on ${name}, which nothing imports`);
  }
  return problems;
}

/** The `references` of a package's tsconfig: its dependencies here, lowest floor first. */
export const referencesOf = (manifest) =>
  siblings(manifest)
    .map(folderOf)
    .sort((a, b) => floorOf(a) - floorOf(b) || a.localeCompare(b))
    .map((folder) => ({ path: `../${folder}` }));

/** The `paths` of tsconfig.base.json: every entry of every package, to its source. */
export function pathsOf(packages) {
  const ordered = [...packages].sort((a, b) => floorOf(a.folder) - floorOf(b.folder) || a.folder.localeCompare(b.folder));
  return Object.fromEntries(
    ordered
      .filter(({ folder }) => folder !== 'cli')
      .flatMap(({ folder, manifest, files }) =>
        Object.keys(manifest.exports ?? {})
          .filter((entry) => entry !== './package.json')
          .map((entry) => {
            const name = entry === '.' ? 'index' : entry.slice(2);
            const source = `src/${name}.ts` in files ? `src/${name}.ts` : `src/${name}/index.ts`;
            return [manifest.name + entry.slice(1), [`./packages/${folder}/${source}`]];
          }),
      ),
  );
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const isSource = (name) => /\.(ts|tsx|js|mjs)$/.test(name) && !name.endsWith('.d.ts');

/** Reads packages/ of a repository. @param {string} root @returns {Package[]} */
export function readPackages(root) {
  return readdirSync(join(root, 'packages'))
    .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
    .map((folder) => {
      const home = join(root, 'packages', folder);
      const sources = readdirSync(join(home, 'src'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && isSource(entry.name));
      const files = Object.fromEntries(
        sources.map((entry) => {
          const file = join(entry.parentPath, entry.name);
          return [relative(home, file).split(sep).join('/'), readFileSync(file, 'utf8')];
        }),
      );
      return { folder, manifest: readJson(join(home, 'package.json')), files };
    });
}

/** The examples in TypeScript: those with a tsconfig. @param {string} root @returns {{ folder: string, manifest: Package['manifest'] }[]} */
function readExamples(root) {
  return readdirSync(join(root, 'examples'))
    .filter((folder) => existsSync(join(root, 'examples', folder, 'tsconfig.json')))
    .sort()
    .map((folder) => ({ folder, manifest: readJson(join(root, 'examples', folder, 'package.json')) }));
}

/** What each configuration file should hold: file -> [key path, value]. */
function wantedConfig(packages, examples) {
  const references = [...packages].sort((a, b) => floorOf(a.folder) - floorOf(b.folder) || a.folder.localeCompare(b.folder));
  const projects = [...references.map(({ folder }) => `packages/${folder}`), ...examples.map(({ folder }) => `examples/${folder}`)];
  return [
    { file: 'tsconfig.json', keys: ['references'], value: [...projects, 'tests'].map((path) => ({ path })) },
    { file: 'tsconfig.base.json', keys: ['compilerOptions', 'paths'], value: pathsOf(packages) },
    { file: 'tests/tsconfig.json', keys: ['references'], value: projects.map((path) => ({ path: `../${path}` })) },
    ...examples.map(({ folder, manifest }) => ({
      file: `examples/${folder}/tsconfig.json`,
      keys: ['references'],
      value: referencesOf(manifest).map(({ path }) => ({ path: path.replace('..', '../../packages') })),
    })),
    ...packages.map(({ folder, manifest }) => ({ file: `packages/${folder}/tsconfig.json`, keys: ['references'], value: referencesOf(manifest) })),
  ];
}

/** Compares (or with `write`, writes) the configuration that follows from package.json. */
export function configProblems(root, packages, { write = false } = {}) {
  const problems = [];
  for (const { file, keys, value } of wantedConfig(packages, readExamples(root))) {
    const config = readJson(join(root, file));
    const owner = keys.slice(0, -1).reduce((object, key) => (object[key] ??= {}), config);
    const last = keys.at(-1);
    if (JSON.stringify(owner[last] ?? []) === JSON.stringify(value)) continue;
    if (write) {
      owner[last] = value;
      writeFileSync(join(root, file), `${JSON.stringify(config, null, 2)}\n`);
    } else problems.push(`${file}: ${keys.join('.')} does not follow package.json (npm run layers -- --write)`);
  }
  return problems;
}

function main() {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const packages = readPackages(root);
  const problems = [...layerProblems(packages), ...configProblems(root, packages, { write: process.argv.includes('--write') })];
  for (const problem of problems) console.error(problem);
  const imports = packages.reduce((sum, { files }) => sum + Object.keys(files).length, 0);
  console.log(problems.length ? `layers: ${problems.length} broken` : `layers: ${packages.length} packages, ${imports} files, all in order`);
  process.exitCode = problems.length ? 1 : 0;
}

if (process.argv[1] && basename(process.argv[1]) === 'check-layers.mjs') main();
