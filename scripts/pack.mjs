// Packs every package, as `npm publish` would, from the built dist folders.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Every package of the repository. @returns {{ name: string, folder: string, esmOnly: boolean }[]} */
export function workspaces() {
  return readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
    .map((name) => {
      const folder = join(root, 'packages', name);
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return { name: manifest.name, folder, esmOnly: !manifest.exports['.'].require };
    });
}

/** Packs all into `folder`. @param {string} folder @returns {{ name: string, tarball: string, size: number, files: string[] }[]} */
export function packAll(folder) {
  mkdirSync(folder, { recursive: true });
  const chosen = workspaces().flatMap(({ name }) => ['--workspace', name]);
  const json = execFileSync('npm', ['pack', ...chosen, '--json', '--loglevel=error', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32',
  });
  const packed = JSON.parse(json);
  return Object.values(packed).map(({ name, filename, size, files }) => ({
    name,
    tarball: join(folder, filename),
    size,
    files: files.map(({ path }) => path),
  }));
}
