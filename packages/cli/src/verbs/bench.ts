// modeldiet bench: latency and throughput of models, run in turns on the same inputs.
import { formatCount, formatInterval, formatMs } from '@modeldiet/pipeline';
import { compareRuns, type Measurement, measure } from '@modeldiet/profiler';
import { environment } from '@modeldiet/profiler/node';
import { type Backend, bindFeeds, type Session } from '@modeldiet/runtime';
import type { Feeds } from '@modeldiet/tensor';
import type { Context, Outcome } from '../context';
import { openBackend } from '../run/backend';
import { batchesFor, batchFeeds } from '../run/batch';
import { type Opened, openModel } from '../run/open';
import { textTable } from '../terminal/table';
import type { Verb } from '../verb';
import { integers } from '../words/options';
import { type DataOption, type RuntimeOptions, type SeedOption, withData, withRuntime, withSeed } from '../words/shared';

interface Options extends RuntimeOptions, SeedOption, DataOption {
  readonly batch?: readonly number[];
}

interface Row {
  readonly file: string;
  readonly backend: string;
  readonly batch: number;
  readonly latencyMs: { readonly median: number; readonly ci95: readonly [number, number]; readonly p95: number };
  /** Examples a second. */
  readonly throughput: number;
}

const rowOf = (file: string, backend: Backend, batch: number, { median, ci95, p95 }: Measurement): Row => ({
  file,
  backend: backend.name,
  batch,
  latencyMs: { median, ci95, p95 },
  throughput: (batch * 1000) / median,
});

/** One batch size: every session is run in turn; a single one by itself. */
async function measureBatch(context: Context, sessions: readonly Session[], feeds: readonly Feeds[], seed: number): Promise<readonly Measurement[]> {
  const { signal, onProgress } = context.work;
  const entries = sessions.map((session, i) => {
    const bound = bindFeeds(session.inputs, feeds[i]!);
    return [String(i), () => session.run(bound)] as const;
  });
  if (entries.length === 1) return [await measure(entries[0]![1], { signal, onProgress })];
  const { measurements } = await compareRuns(Object.fromEntries(entries), { signal, onProgress, seed });
  return entries.map(([name]) => measurements[name]!);
}

async function run(context: Context, paths: readonly string[], options: Options): Promise<Outcome> {
  const files: Opened[] = [];
  for (const path of paths) files.push(await openModel(context, path));
  const batches = batchesFor(files, options.batch);
  const backend = await openBackend(context, options);
  const sessions: Session[] = [];
  const results: Row[] = [];
  try {
    for (const { file } of files) sessions.push(await backend.createSession({ path: file }, { signal: context.signal }));
    for (const batch of batches) {
      const feeds: Feeds[] = [];
      for (const file of files) feeds.push(await batchFeeds(context, file, options, batch));
      const measured = await measureBatch(context, sessions, feeds, options.seed);
      results.push(...measured.map((measurement, i) => rowOf(paths[i]!, backend, batch, measurement)));
    }
  } finally {
    for (const session of sessions) await session.release();
  }
  const machine = { ...environment({ ort: backend.runtime }), backend: backend.name, threads: options.threads };
  return { json: { results, environment: machine }, text: benchText(context, results, backend, options) };
}

function benchText({ paint }: Context, results: readonly Row[], backend: Backend, { threads, data }: Options): string {
  const table = textTable(
    [{ title: 'model', align: 'left' }, { title: 'batch' }, { title: 'median' }, { title: '95 % interval' }, { title: 'p95' }, { title: 'per second' }],
    results.map(({ file, batch, latencyMs, throughput }) => [
      file,
      String(batch),
      formatMs(latencyMs.median),
      formatInterval(latencyMs.ci95, 'ms'),
      formatMs(latencyMs.p95),
      formatCount(Math.round(throughput)),
    ]),
    paint,
  );
  return `${table}\n${paint.dim(`${backend.runtime}, ${backend.name}, ${threads} thread${threads === 1 ? '' : 's'}, on ${data ?? 'random feeds'}; run in turns`)}`;
}

export const bench: Verb = {
  name: 'bench',
  summary: 'latency and throughput, several models run in turns on the same machine',
  examples: [
    { call: 'bench model.onnx', says: 'median of one run, with its interval' },
    { call: 'bench model.onnx small.onnx --batch 1,8,64', says: 'both in turns, at three batch sizes' },
    { call: 'bench det.onnx --dims x=1x3x640x640 --threads 2 --json', says: 'for scripts' },
  ],
  define: (command) =>
    void withData(withSeed(withRuntime(command.argument('<model...>', 'ONNX files')))).option(
      '--batch <list>',
      'batch sizes, as 1,2,4 (default: 1, or what the file fixes)',
      integers('--batch', { min: 1, max: 1e6 }),
    ),
  run: (context, command) => run(context, command.args, command.opts<Options>()),
};
