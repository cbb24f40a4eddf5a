// modeldiet profile: the receipt. What each node of a run costs, and whether this machine's arithmetic or its memory is what it waits for.
import { formatBytes, formatInterval, formatMs, formatShare } from '@modeldiet/pipeline';
import { profileModel, type Receipt, type ReceiptNode, toTraceEvents } from '@modeldiet/profiler';
import { environment } from '@modeldiet/profiler/node';
import type { Context, Outcome } from '../context';
import { openBackend } from '../run/backend';
import { batchesFor, batchFeeds } from '../run/batch';
import { openModel } from '../run/open';
import { checkOutput, writeWhole } from '../run/write';
import { textTable } from '../terminal/table';
import type { Verb } from '../verb';
import { integer } from '../words/options';
import { type DataOption, type RuntimeOptions, type SeedOption, withData, withRuntime, withSeed } from '../words/shared';

interface Options extends RuntimeOptions, SeedOption, DataOption {
  readonly batch?: number;
  readonly runs: number;
  readonly top: number;
  readonly trace?: string;
}

const nodeJson = ({ node, opType, provider, ms, share, calls, bytes, macs, bound, inModel }: ReceiptNode) => ({
  node,
  opType,
  provider,
  ms,
  share,
  calls,
  bytes,
  macs: macs ?? null,
  bound,
  inModel,
});

async function run(context: Context, path: string, options: Options): Promise<Outcome> {
  if (options.trace !== undefined) await checkOutput(context, options.trace);
  const opened = await openModel(context, path);
  const [batch] = batchesFor([opened], options.batch === undefined ? undefined : [options.batch]);
  const backend = await openBackend(context, options);
  const feeds = await batchFeeds(context, opened, options, batch!);
  const receipt = await profileModel(opened.model, { ...context.work, backend, feeds, runs: options.runs, threads: options.threads });
  if (options.trace !== undefined) await writeWhole(context, options.trace, `${JSON.stringify(toTraceEvents(receipt))}\n`);
  const { totalMs, kernelMs, latencyMs, peakBytes, nodes, byOpType, byProvider, rates } = receipt;
  return {
    json: {
      file: path,
      backend: backend.name,
      batch,
      runs: receipt.runs,
      totalMs,
      kernelMs,
      latencyMs: { median: latencyMs.median, ci95: latencyMs.ci95 },
      peakBytes,
      nodes: nodes.map(nodeJson),
      byOpType,
      byProvider,
      ...(rates && { rates }),
      environment: { ...environment({ ort: backend.runtime }), backend: backend.name, threads: options.threads },
    },
    text: [
      receiptText(context, path, batch!, receipt, options.top),
      ...(options.trace === undefined ? [] : [`timeline  ${options.trace}, for ui.perfetto.dev`]),
    ].join('\n'),
  };
}

const giga = (rate: number): string => String(Number((rate / 1e9).toPrecision(3)));

/** Nodes by time, then op types, then the whole. */
function receiptText({ paint }: Context, path: string, batch: number, receipt: Receipt, top: number): string {
  const { nodes, byOpType, byProvider, totalMs, kernelMs, latencyMs, peakBytes, rates, runtime, backend, threads, runs } = receipt;
  const shown = nodes.slice(0, top);
  const rest = nodes.slice(top);
  const restMs = rest.reduce((sum, { ms }) => sum + ms, 0);
  const providers = Object.keys(byProvider);
  const rows = shown.map(({ node, opType, provider, ms, share, calls, bytes, bound, inModel }) => [
    inModel ? node : paint.dim(`${node} (put in by the runtime)`),
    opType,
    ...(providers.length > 1 ? [provider.replace('ExecutionProvider', '')] : []),
    formatMs(ms),
    formatShare(share, 1),
    String(calls),
    formatBytes(bytes),
    bound ?? '',
  ]);
  const left = (title: string) => ({ title, align: 'left' as const });
  const table = textTable(
    [
      left('node'),
      left('op'),
      ...(providers.length > 1 ? [left('provider')] : []),
      { title: 'time' },
      { title: 'share' },
      { title: 'calls' },
      { title: 'bytes' },
      left('bound by'),
    ],
    rows,
    paint,
  );
  const types = textTable(
    [left('op'), { title: 'kernels' }, { title: 'time' }, { title: 'share' }],
    byOpType.slice(0, top).map(({ opType, nodes: count, ms, share }) => [opType, String(count), formatMs(ms), formatShare(share, 1)]),
    paint,
  );
  return [
    `${paint.bold(path)}: ${paint.bold(formatMs(latencyMs.median))} a run of batch ${batch} (${formatInterval(latencyMs.ci95, 'ms')})`,
    paint.dim(`${runtime}, ${backend}, ${threads} thread${threads === 1 ? '' : 's'}; median of ${runs} traced runs`),
    '',
    table,
    rest.length ? paint.dim(`and ${rest.length} more kernels, ${formatMs(restMs)} together`) : undefined,
    '',
    types,
    '',
    `total     ${formatMs(totalMs)} a traced run; ${formatMs(kernelMs)} in ${nodes.length} kernels, ${formatMs(Math.max(0, totalMs - kernelMs))} between them; ${formatBytes(peakBytes)} of values at the most`,
    rates &&
      `machine   ${giga(rates.flopsPerSecond)} GFLOP/s (a 512 x 512 product), ${giga(rates.bytesPerSecond)} GB/s (a copy): a kernel that either explains is bound by it`,
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

export const profile: Verb = {
  name: 'profile',
  summary: 'the receipt: time, share and bytes of every node, and what bounds it',
  examples: [
    { call: 'profile model.onnx', says: 'the ten dearest nodes, and the sums by op' },
    { call: 'profile det.onnx --dims x=1x3x640x640 --top 30 --json', says: 'for scripts; JSON has every node' },
    { call: 'profile model.onnx --trace trace.json', says: 'a timeline that Perfetto opens' },
    { call: 'profile model.onnx --batch 64 --data digits', says: 'on a batch of your data' },
  ],
  define: (command) =>
    void withData(withSeed(withRuntime(command.argument('<model>', 'an ONNX file'))))
      .option('--batch <n>', 'rows of a run (default: 1, or what the file fixes)', integer('--batch', { min: 1, max: 1e6 }))
      .option('--runs <n>', 'traced runs', integer('--runs', { min: 1, max: 1e4 }), 20)
      .option('--trace <file>', 'write a timeline of the traced runs, for ui.perfetto.dev or chrome://tracing')
      .option('--top <n>', 'nodes to show as text', integer('--top', { min: 1 }), 10),
  run: (context, command) => run(context, command.args[0]!, command.opts<Options>()),
};
