// A user's project: the packed tarballs, installed by npm into an empty folder without a network. Third-party packages are linked from the repository.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { packAll, workspaces } from '../../scripts/pack.mjs';

export const root = resolve(import.meta.dirname, '../..');

export interface Project {
  readonly folder: string;
  /** Writes a file and runs it with Node; returns what it printed. */
  run(file: string, text: string, args?: readonly string[]): string;
  write(file: string, text: string | Uint8Array): string;
  remove(): void;
}

/** Where Node finds `name` from `folder`. */
function installed(name: string, folder: string): string {
  for (let at = folder; at.startsWith(root); at = dirname(at)) {
    const found = join(at, 'node_modules', name);
    if (existsSync(found)) return found;
  }
  throw new Error(`${name} is not installed`);
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** `extra`: more packages of the repository that the user has installed, such as a runtime. */
export function installProject(extra: readonly string[] = []): Project {
  const folder = mkdtempSync(join(tmpdir(), 'modeldiet-user-'));
  const tarballs = packAll(join(folder, 'tarballs'));
  const unbuilt = tarballs.filter(({ files }) => !files.some((file) => file.endsWith('.d.ts')) || !files.some((file) => file.endsWith('.js')));
  if (unbuilt.length) throw new Error(`not built (node scripts/setup.mjs all): ${unbuilt.map(({ name }) => name).join(', ')}`);
  const ours = new Set(tarballs.map(({ name }) => name));
  const dependencies: Record<string, string> = Object.fromEntries(tarballs.map(({ name, tarball }) => [name, `file:${tarball}`]));
  for (const { folder: home } of workspaces())
    for (const name of Object.keys(manifestOf(home).dependencies ?? {})) if (!ours.has(name)) dependencies[name] = `file:${installed(name, home)}`;
  for (const name of extra) dependencies[name] = `file:${installed(name, root)}`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, dependencies }, null, 2));
  // Links to packages outside the project are made, never followed: npm writes nothing into the repository.
  const install = ['install', '--offline', '--no-install-links', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', install, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  const write = (file: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, file), text);
    return join(folder, file);
  };
  return {
    folder,
    write,
    run: (file, text, args = []) =>
      execFileSync(process.execPath, [write(file, text), ...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Every public entry of every package: `@modeldiet/onnx-io/node`, and whether it can be required. */
export function entries(): { readonly entry: string; readonly cjs: boolean }[] {
  return workspaces().flatMap(({ folder, name, esmOnly }) => {
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports: Record<string, unknown> };
    return Object.keys(exports)
      .filter((key) => key !== './package.json')
      .map((key) => ({ entry: name + key.slice(1), cjs: !esmOnly }));
  });
}
