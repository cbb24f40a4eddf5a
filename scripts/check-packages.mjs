// `npm run packages`: packs every package and checks each tarball: what it holds, publint (strict), and the types under every module resolution (attw).
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packAll, workspaces } from './pack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const publint = join(root, 'node_modules/publint/src/cli.js');
const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
const wanted = ['LICENSE', 'README.md', 'package.json'];
const stray = /\.test\.|\.as\.|^src\/|\.tsbuild|tsup\.config/;

const run = (args) =>
  new Promise((resolve) =>
    execFile(process.execPath, args, (error, stdout, stderr) => resolve(error ? `${stdout}${stderr}`.trim() || error.message : undefined)),
  );

/** @param {{ name: string, tarball: string, files: string[] }} packed @param {boolean} esmOnly @returns {Promise<string[]>} */
async function problemsOf({ tarball, files }, esmOnly) {
  const contents = [
    ...wanted.filter((file) => !files.includes(file)).map((file) => `lacks ${file}`),
    ...files.filter((file) => stray.test(file)).map((file) => `should not hold ${file}`),
    ...(files.some((file) => file.endsWith('.d.ts')) ? [] : ['has no types: build it first (node scripts/setup.mjs all)']),
  ];
  const lint = await run([publint, 'run', tarball, '--strict']);
  // node10 knows no `exports`; a package without CJS cannot be required from CJS types.
  const types = await run([attw, tarball, '--profile', esmOnly ? 'esm-only' : 'node16', '--no-emoji', '--no-color']);
  return [...contents, lint, types].filter((problem) => problem !== undefined);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'modeldiet-pack-'));
  try {
    const esmOnly = new Map(workspaces().map((workspace) => [workspace.name, workspace.esmOnly]));
    const queue = packAll(folder);
    const rows = [];
    const worker = async () => {
      for (let packed = queue.shift(); packed; packed = queue.shift())
        rows.push({ ...packed, problems: await problemsOf(packed, esmOnly.get(packed.name) ?? false) });
    };
    await Promise.all([worker(), worker()]);
    for (const { name, size, files, problems } of rows.sort((a, b) => a.name.localeCompare(b.name))) {
      console.log(`${problems.length ? 'FAILED' : 'ok    '} ${name} (${files.length} files, ${(size / 1024).toFixed(1)} KB)`);
      for (const problem of problems) console.log(problem.replace(/^/gm, '       '));
    }
    process.exitCode = rows.some(({ problems }) => problems.length) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
