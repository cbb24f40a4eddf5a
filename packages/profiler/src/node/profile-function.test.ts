import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isModelDietError } from '@modeldiet/numfmt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { measureMemory } from './memory';
import { profileFunction } from './profile-function';

let folder = '';
let file = '';
/** A program with known shares: `slow` burns about nine times what `quick` burns, on line 3; a recursion; an async tail. */
const program = `function burn(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.sqrt(i) * Math.sin(i);
  return sum;
}
function slow() { return burn(900_000); }
function quick() { return burn(100_000); }
function both() { return slow() + quick(); }
function down(n) { return n === 0 ? burn(300_000) : down(n - 1); }
async function later() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return burn(600_000);
}
const wait = () => new Promise((resolve) => setTimeout(resolve, 30));
module.exports = { both, down, later, wait };
`;
interface Program {
  both(): number;
  down(n: number): number;
  later(): Promise<number>;
  wait(): Promise<void>;
}
let loaded: Program;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modeldiet-profile-'));
  file = join(folder, 'program.cjs');
  await writeFile(file, program);
  // Not through the test runner, which rewrites what it imports.
  loaded = createRequire(file)(file) as Program;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const quickly = { minTimeMs: 200 };

test('functions have their share, alone and with what they call', async () => {
  const { functions, totalMs, runs, samples } = await profileFunction(() => loaded.both(), quickly);
  const of = (name: string) => functions.find((entry) => entry.name === name && entry.file === file)!;
  expect(runs).toBeGreaterThan(1);
  expect(samples).toBeGreaterThan(100);
  // burn may be inlined into slow and quick; together they are all there is.
  const own = ['burn', 'slow', 'quick', 'both'].reduce((sum, name) => sum + (of(name)?.share ?? 0), 0);
  expect(own).toBeGreaterThan(0.8);
  expect(of('both').totalMs).toBeGreaterThan(0.8 * totalMs);
  expect(of('slow').totalMs).toBeGreaterThan(4 * of('quick').totalMs);
  expect(of('slow').line).toBe(6);
  expect(functions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
});

test('the hot line is named, with its text', async () => {
  const { lines } = await profileFunction(() => loaded.both(), quickly);
  expect(lines[0]).toMatchObject({ file, line: 3, text: 'for (let i = 0; i < n; i++) sum += Math.sqrt(i) * Math.sin(i);' });
  expect(lines[0]!.share).toBeGreaterThan(0.6);
});

test('recursion counts once', async () => {
  const { functions, totalMs } = await profileFunction(() => loaded.down(20), quickly);
  const down = functions.find(({ name }) => name === 'down')!;
  expect(down.totalMs).toBeLessThan(1.05 * totalMs);
  expect(down.totalMs).toBeGreaterThan(0.7 * totalMs);
});

test('what an async function does after an await is seen, and so is waiting', async () => {
  const { functions } = await profileFunction(() => loaded.later(), quickly);
  const burned = functions.filter((entry) => entry.file === file).reduce((sum, { share }) => sum + share, 0);
  expect(burned).toBeGreaterThan(0.5);
  const waited = await profileFunction(() => loaded.wait(), { maxRuns: 3 });
  expect(waited.runs).toBe(3);
  expect(waited.functions.find(({ name }) => name === '(idle)' || name === '(program)')!.share).toBeGreaterThan(0.5);
});

test('options and errors', async () => {
  const codeOf = async (job: Promise<unknown>): Promise<unknown> =>
    job.then(
      () => 'nothing',
      (e: unknown) => (isModelDietError(e) ? e.code : e),
    );
  expect(await codeOf(profileFunction(() => 0, { intervalUs: 0 }))).toBe('profiler/bad-option');
  expect(await codeOf(profileFunction(() => 0, { maxRuns: 0 }))).toBe('profiler/bad-option');
  const mine = new Error('mine');
  expect(await codeOf(profileFunction(() => Promise.reject(mine)))).toBe(mine);
  const reason = new Error('enough');
  expect(await codeOf(profileFunction(() => 0, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  // The profiler was stopped each time: another can start.
  expect((await profileFunction(() => loaded.both(), { maxRuns: 1 })).runs).toBe(1);
});

test('measureMemory sees a copy of a copy, and what is kept', async () => {
  const size = 48 * 2 ** 20;
  const source = new Uint8Array(size).fill(7);
  const twice = await measureMemory(() => {
    const first = source.slice();
    const second = first.slice();
    return second[second.length - 1];
  });
  expect(twice.result).toBe(7);
  if (twice.peakIs === 'exact') expect(twice.peakBytes).toBeGreaterThan(1.8 * size);
  expect(twice.kept.arrayBuffersBytes - twice.before.arrayBuffersBytes).toBeLessThan(size / 2);
  const kept = await measureMemory(async () => source.slice());
  expect(kept.kept.arrayBuffersBytes - kept.before.arrayBuffersBytes).toBeGreaterThan(0.9 * size);
  if (kept.peakIs === 'exact') {
    expect(kept.peakBytes).toBeGreaterThan(0.9 * size);
    expect(kept.peakBytes).toBeLessThan(1.6 * size);
  }
});
