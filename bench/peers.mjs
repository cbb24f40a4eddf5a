// Python peers of a bench: a script of bench/peers/ that stays alive and answers one JSON line per JSON line, so that both sides are measured interleaved in one run.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'peers');

/** The Python that has the peers installed: MODELDIET_PEERS_PYTHON, else the venv of bench/peers/README.md, else undefined. @returns {string | undefined} */
export function peersPython() {
  const asked = process.env.MODELDIET_PEERS_PYTHON;
  if (asked) return asked;
  return [join(folder, '.venv/bin/python'), join(folder, '.venv/Scripts/python.exe')].find((file) => existsSync(file));
}

/**
 * Starts bench/peers/SCRIPT. `ask(request)` sends one JSON value and resolves with the answer (`{ "error": "..." }` rejects). Undefined, with a line that says so, when the peers
 * are not installed.
 * @param {string} script @param {Record<string, string>} [env] @returns {{ ask(request: unknown): Promise<any>, close(): Promise<void> } | undefined}
 */
export function openPeer(script, env = {}) {
  const python = peersPython();
  if (!python) {
    console.log(`peer ${script}: skipped, no Python peers here (bench/peers/README.md says how to install them)`);
    return undefined;
  }
  const child = spawn(python, ['-u', join(folder, script)], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  let ended;
  const end = (reason) => {
    ended ??= new Error(`peer ${script} ended: ${reason}`);
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  child.on('error', (error) => end(error.message));
  child.on('close', (status, signal) => end(signal ?? `status ${status}`));
  child.stdin.on('error', (error) => end(error.message));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{') && !line.startsWith('[')) return; // a library that talks
    const next = waiting.shift();
    const answer = JSON.parse(line);
    if (answer?.error) next?.reject(new Error(`peer ${script}: ${answer.error}`));
    else next?.resolve(answer);
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(request)}\n`);
      }),
    close: () =>
      new Promise((resolve) => {
        if (ended) return resolve();
        child.on('close', () => resolve());
        child.stdin.end();
      }),
  };
}
