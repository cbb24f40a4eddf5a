// Makes a clone ready: `node scripts/setup.mjs [js|all]` installs when node_modules is missing or differs from the lock, then builds what is stale.
// `js` builds JavaScript only (what running needs), `all` also the type declarations (what publishing needs). No dependencies: it runs before there are any.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const floor = [20, 19];
const tasks = { js: ['build:js'], all: ['build:js', 'build:types'] };

/** What is wrong with this Node version, or undefined. */
export function nodeProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > floor[0] || (major === floor[0] && minor >= floor[1])) return undefined;
  return `modeldiet needs Node ${floor.join('.')} or newer, and this is Node ${version}: get one at https://nodejs.org/en/download`;
}

/**
 * Why `npm ci` is needed, or undefined. npm itself leaves the stamp: node_modules/.package-lock.json is written at the end of an install, so a stopped one has none.
 * Both arguments are parsed lock files; optional packages of other platforms are rightly absent from the installed one.
 */
export function installReason(lock, installed) {
  if (!installed) return 'node_modules is missing or incomplete';
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (!path.includes('node_modules/')) continue;
    const got = installed.packages[path];
    if (!got && wanted.optional) continue;
    if (!got || got.version !== wanted.version || got.integrity !== wanted.integrity)
      return `${path.split('node_modules/').pop()} differs from package-lock.json`;
  }
  return undefined;
}

const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs quietly: what it printed is shown only when it failed. Rejects then. */
function quietly(command, args) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', NO_COLOR: '1' };
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], shell: windows });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (status, signal) =>
      status === 0 ? resolve(output) : reject(new Error(`${output.trimEnd()}\n\nfailed (${signal ?? status}): ${command} ${args.join(' ')}`)),
    );
  });
}

async function install(say) {
  const reason = installReason(readJson(join(root, 'package-lock.json')), readJson(join(root, 'node_modules/.package-lock.json')));
  if (!reason) return say('install  up to date');
  const start = performance.now();
  say(`install  npm ci (${reason}) ...`);
  await quietly('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  say(`install  done in ${seconds(start)}`);
}

async function build(what, say) {
  const start = performance.now();
  const turbo = join(root, 'node_modules/.bin', windows ? 'turbo.cmd' : 'turbo');
  const output = await quietly(turbo, ['run', ...tasks[what], '--output-logs=errors-only']);
  const [, total] = /(\d+) total/.exec(output) ?? [];
  const [, cached] = /(\d+) cached/.exec(output) ?? [];
  say(`build    ${total === cached ? 'up to date' : `${total - cached} of ${total} tasks ran`} (${seconds(start)})`);
}

/** Installs and builds what is missing or stale. @param {'js' | 'all'} what @param {(line: string) => void} [say] */
export async function setup(what, say = console.error) {
  await install(say);
  await build(what, say);
}

if (process.argv[1] && fileURLToPath(import.meta.url) === join(process.argv[1])) {
  const problem = nodeProblem(process.versions.node);
  const what = process.argv[2] ?? 'all';
  try {
    if (problem) throw new Error(problem);
    if (!(what in tasks)) throw new Error(`usage: node scripts/setup.mjs [${Object.keys(tasks).join('|')}]`);
    await setup(what);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
