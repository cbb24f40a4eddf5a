// Lesson 3, profiling: find what is slow before making it fast. A prediction service that does everything anew for every call, and arrays that are copies of copies.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digitsColumns } from '@modeldiet/data/digits';
import { formatBytes, formatMs, formatRatio } from '@modeldiet/pipeline';
import { compareRuns, measure } from '@modeldiet/profiler';
import { measureMemory, profileFunction } from '@modeldiet/profiler/node';
import { nodeBackend } from '@modeldiet/runtime/node';
import { tensor } from '@modeldiet/tensor';
import { percent, trained } from './shared/digits.mjs';
import { runAlone } from './shared/stage.mjs';

export const title = 'profiling: stopwatch, many runs, by function, by line, memory';

// The service. Every function has a name, so that the profile can say it.

/** All digits from a CSV file: 64 pixels a line. */
async function readData(path) {
  const text = await readFile(path, 'utf8');
  const lines = text.trim().split('\n');
  return lines.map(parseLine);
}

function parseLine(line) {
  return line.split(',').map(Number);
}

function createSession(backend, path) {
  return backend.createSession({ path });
}

async function predict(session, pixels) {
  const outputs = await session.run({ [session.inputs[0].name]: tensor('float32', Float32Array.from(pixels), [1, 64]) });
  const logits = [...Object.values(outputs)[0].data];
  return logits.indexOf(Math.max(...logits));
}

/** The digits as the file the service reads. */
async function writeCsv(path) {
  const { x } = digitsColumns();
  const rows = Array.from({ length: x.dims[0] }, (_, i) => x.data.subarray(i * 64, (i + 1) * 64).join(','));
  await writeFile(path, `${rows.join('\n')}\n`);
}

/** The middle one. */
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

/** @param {import('./shared/stage.mjs').Stage} on */
export async function lesson(on) {
  const { path: modelPath } = await trained(on);
  const backend = await nodeBackend();
  const csv = join(on.folder, 'digits.csv');
  if (!existsSync(csv)) await writeCsv(csv);

  /** One call as it was first written: everything anew. */
  async function slowCall() {
    const rows = await readData(csv);
    const session = await createSession(backend, modelPath);
    try {
      return await predict(session, rows[7]);
    } finally {
      await session.release();
    }
  }

  on.part('1. A stopwatch');
  const single = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await slowCall();
    single.push(performance.now() - start);
  }
  on.say(`five calls: ${single.map(formatMs).join(', ')}`);
  on.say('The first pays for what later calls find ready. One number would have told a story, and which one is chance.');

  on.part('2. Many runs');
  const budget = { maxTimeMs: on.quick ? 300 : 1500, targetRelativeCi: 0.02 };
  const many = await measure(slowCall, budget);
  on.say(
    `median ${formatMs(many.median)}, 95 % interval ${formatMs(many.ci95[0])} to ${formatMs(many.ci95[1])}, p95 ${formatMs(many.p95)}, ${many.samples} samples after ${many.conditions.warmupRuns} to warm up`,
  );

  on.part('3. The receipt: where a call goes');
  const times = { reading: [], creating: [], predicting: [] };
  for (let i = 0; i < (on.quick ? 9 : 31); i++) {
    const marks = [performance.now()];
    const rows = await readData(csv);
    marks.push(performance.now());
    const session = await createSession(backend, modelPath);
    marks.push(performance.now());
    await predict(session, rows[7]);
    marks.push(performance.now());
    await session.release();
    for (const [stage, name] of Object.keys(times).entries()) times[name].push(marks[stage + 1] - marks[stage]);
  }
  const medians = Object.entries(times).map(([stage, all]) => ({ stage, ms: median(all) }));
  const whole = medians.reduce((sum, { ms }) => sum + ms, 0);
  const receipt = medians.map(({ stage, ms }) => ({ stage, ms, share: ms / whole }));
  on.table(
    ['stage', 'time', 'share'],
    receipt.map(({ stage, ms, share }) => [stage, formatMs(ms), percent(share, 1)]),
  );
  on.say(`What to see: ${percent(1 - receipt[2].share, 0)} of a call is work that was the same the last time; the model is not the problem.`);

  on.part('4. By function and by line');
  const profile = await profileFunction(slowCall, { minTimeMs: on.quick ? 250 : 1000 });
  const own = ({ file }) => file.includes('3-profiling');
  const functions = profile.functions.slice(0, 6);
  on.table(
    ['function', 'where', 'itself', 'with what it calls', 'share'],
    functions.map(({ name, file, line, selfMs, totalMs, share }) => [
      name,
      file ? `${basename(file)}:${line}` : '',
      formatMs(selfMs),
      formatMs(totalMs),
      percent(share, 1),
    ]),
  );
  const lines = profile.lines.filter(own).slice(0, 4);
  on.say();
  on.table(
    ['line of this file', 'time', 'share'],
    lines.map(({ line, text, ms, share }) => [`${line}: ${(text ?? '').slice(0, 60)}`, formatMs(ms), percent(share, 1)]),
  );
  on.say(`${profile.samples} samples of ${profile.runs} calls. '(program)' and what has no place are native code, such as the runtime's; '(idle)' is waiting.`);

  on.part('5. The fix: read once, create once');
  const rows = await readData(csv);
  const session = await createSession(backend, modelPath);
  const fastCall = () => predict(session, rows[7]);
  const same = (await slowCall()) === (await fastCall());
  const { measurements, ratios } = await compareRuns({ 'everything anew': slowCall, 'loaded once': fastCall }, budget);
  await session.release();
  const ratio = ratios['loaded once'];
  on.table(
    ['service', 'a call', '95 % interval'],
    Object.entries(measurements).map(([name, { median: ms, ci95 }]) => [name, formatMs(ms), `${formatMs(ci95[0])} to ${formatMs(ci95[1])}`]),
  );
  on.say(
    `loaded once is ${formatRatio(ratio.ratio)} as fast (95 % interval ${formatRatio(ratio.ci95[0])} to ${formatRatio(ratio.ci95[1])}); same answer: ${same ? 'yes' : 'no'}`,
  );
  await on.draw('receipt', {
    kind: 'bar',
    title: 'A call of the service, stage by stage',
    description: 'Reading the data and creating the session are nearly all of a call; loaded once, only predicting is left.',
    value: { label: 'median time in a call', unit: 'ms' },
    categories: receipt.map(({ stage }) => stage),
    series: [
      { name: 'everything anew', values: receipt.map(({ ms }) => ms) },
      { name: 'loaded once', values: [null, null, measurements['loaded once'].median] },
    ],
  });

  on.part('6. Memory: a copy of a copy');
  const digits = digitsColumns().x.data;
  const repeats = on.quick ? 10 : 50;
  /** As much as a larger dataset would have. */
  const pixels = () => Array.from({ length: digits.length * repeats }, (_, i) => digits[i % digits.length]);
  const source = pixels();
  const copies = await measureMemory(() => {
    const parsed = Float64Array.from(source);
    const scaled = parsed.map((pixel) => pixel / 16);
    const kept = scaled.slice();
    return [parsed, scaled, kept];
  });
  const once = await measureMemory(() => {
    const scaled = new Float32Array(source.length);
    for (let i = 0; i < source.length; i++) scaled[i] = source[i] / 16;
    return [scaled];
  });
  const keptBytes = ({ before, kept }) => kept.arrayBuffersBytes - before.arrayBuffersBytes;
  const memory = {
    numbers: source.length,
    copies: keptBytes(copies),
    once: keptBytes(once),
    peakCopies: copies.peakBytes,
    peakOnce: once.peakBytes,
    peakIs: copies.peakIs,
  };
  // The worst that float32 does to the numbers themselves.
  const lost = copies.result[2].reduce((worst, x, i) => Math.max(worst, Math.abs(x - once.result[0][i])), 0);
  on.table(
    ['', 'kept', 'peak while it ran'],
    [
      ['parsed, scaled, sliced: three float64 arrays', formatBytes(memory.copies), formatBytes(memory.peakCopies)],
      ['scaled on the way into one float32 array', formatBytes(memory.once), formatBytes(memory.peakOnce)],
    ],
  );
  on.say(
    `What to see: ${formatRatio(memory.copies / memory.once)} less for the same ${source.length.toLocaleString('en')} numbers: twice by float32 (largest difference ${lost}: sixteenths are exact in it), three times by not copying.`,
  );
  await on.draw('memory', {
    kind: 'bar',
    title: 'The same numbers, kept in memory',
    description: 'Three float64 arrays against one float32 array: six times the bytes.',
    value: { label: 'kept in memory', unit: 'size' },
    categories: ['three float64 arrays', 'one float32 array'],
    series: [{ name: 'kept', values: [memory.copies, memory.once] }],
  });

  return {
    single,
    many: { median: many.median, ci95: many.ci95 },
    receipt,
    functions: profile.functions.map(({ name }) => name),
    lines,
    ratio,
    same,
    memory: { ...memory, lost },
  };
}

await runAlone(import.meta.url, '3', lesson);
