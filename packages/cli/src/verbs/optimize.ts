// modeldiet optimize: the cheapest technique first, each measured, until a budget is met; or all of them, in one table.
import { writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { digitsSplit } from '@modeldiet/data/digits';
import { isModelDietError } from '@modeldiet/numfmt';
import { writeModel } from '@modeldiet/onnx-io/node';
import {
  type Budget,
  formatBytes,
  type Optimized,
  type OptimizeOptions,
  optimize as optimizeModel,
  type PresetName,
  presets,
  type RuntimeFiles,
  resultsTable,
} from '@modeldiet/pipeline';
import { freshProcess, webRuntimeFiles } from '@modeldiet/pipeline/node';
import { environment } from '@modeldiet/profiler/node';
import { toHtml } from '@modeldiet/report';
import type { Context, Outcome } from '../context';
import { fail } from '../errors';
import { openBackend } from '../run/backend';
import { batchesFor } from '../run/batch';
import { openData } from '../run/feeds';
import { type Opened, openModel } from '../run/open';
import { checkFolder, putFolder } from '../run/put-folder';
import { resultsText } from '../terminal/table';
import type { Verb } from '../verb';
import { budgetWords, readBudget } from '../words/budget';
import { bindDims } from '../words/dims';
import { integers, oneOf } from '../words/options';
import { type DataOption, type RuntimeOptions, type SeedOption, type TargetName, targets, withData, withRuntime, withSeed } from '../words/shared';

interface Options extends RuntimeOptions, SeedOption, DataOption {
  readonly budget?: Budget;
  readonly preset?: PresetName;
  readonly out?: string;
  readonly target?: TargetName;
  readonly batch?: readonly number[];
}

const presetNames = Object.keys(presets) as PresetName[];

/** A search among a dozen variants, not a benchmark of two. */
const quick = { maxWarmupMs: 200, maxTimeMs: 600 };

/** 'pruned 30 % + int8' -> 'pruned-30-int8.onnx'. */
const fileOf = (name: string): string => `${name.replace(/[^A-Za-z0-9.]+/g, '-').replace(/^-|-$/g, '')}.onnx`;

type Data = Pick<OptimizeOptions, 'dataset' | 'validation' | 'judgedOn' | 'metric'>;

/** Digits have their parts; random feeds are of no use to calibrate with; other data is split by `optimize`. */
async function dataOf(context: Context, { model }: Opened, { data, dims, seed, images }: Options): Promise<Data> {
  if (data === undefined) return {};
  if (data === 'digits') {
    const { train, validation } = digitsSplit({ seed });
    return { dataset: train, validation, judgedOn: 'digits, validation' };
  }
  const { items, random, metric, name } = await openData(context, model, { data, dims: bindDims(dims, model).byPlace, seed, images });
  return { ...(metric && { metric }), ...(random ? { validation: items, judgedOn: name } : { dataset: items, judgedOn: `a fifth of ${name}` }) };
}

/** A page downloads the runtime of the user's project, where it has one; else the preset's figures stand. */
async function runtimeFilesFor(context: Context, { preset }: Options): Promise<{ readonly runtimeFiles?: RuntimeFiles }> {
  if (preset === undefined || !('runtimeFiles' in presets[preset])) return {};
  try {
    const runtimeFiles = await webRuntimeFiles(context.io.cwd);
    context.tell(`${runtimeFiles.name}: ${formatBytes(runtimeFiles.bytes)}, ${formatBytes(runtimeFiles.gzipBytes)} gzipped`);
    return { runtimeFiles };
  } catch (error) {
    if (isModelDietError(error) && error.code === 'pipeline/no-web-runtime') return {};
    throw error;
  }
}

async function run(context: Context, path: string, options: Options): Promise<Outcome> {
  const { out, seed, budget, preset, target, threads } = options;
  if (out !== undefined) await checkFolder(context, out);
  const opened = await openModel(context, path);
  const batches = batchesFor([opened], options.batch);
  const backend = await openBackend(context, options);
  const { byPlace: dims } = bindDims(options.dims, opened.model);
  const place = out === undefined ? undefined : context.path(out);
  const optimized = await optimizeModel(opened.model, {
    ...context.work,
    ...(await dataOf(context, opened, options)),
    ...(await runtimeFilesFor(context, options)),
    backend,
    seed,
    dims,
    batches,
    threads,
    measure: quick,
    task: path,
    ...(place !== undefined && { pathOf: (name: string) => (name === 'original' ? relative(place, opened.file).split(sep).join('/') : fileOf(name)) }),
    environment: { ...environment() },
    ...(backend.resolved.name === 'onnxruntime-node' && { coldStart: freshProcess({ ort: backend.resolved.path, threads, processes: 1 }) }),
    ...(budget && { budget }),
    ...(preset && { preset }),
    ...(target && { target: targets[target]() }),
  });
  const { results, variants, verdict } = optimized;
  if (out !== undefined)
    await putFolder(context, out, 'results.json', async (folder) => {
      for (const { name, model } of variants) if (name !== 'original') await writeModel(model, join(folder, fileOf(name)), context.work);
      await writeFile(join(folder, 'report.html'), toHtml(results));
      await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
    });
  return {
    json: results,
    text: optimizedText(context, out, optimized),
    ...(verdict && !verdict.met && { failed: fail('over-budget', { where: { option: '--budget' }, actual: verdict.binding }, verdict.says) }),
  };
}

const columns = ['name', 'bytes', 'smaller', 'gzipBytes', 'peakRssBytes', 'latencyMs', 'faster', 'accuracy', 'agreement', 'onFrontier'];

function optimizedText({ paint }: Context, out: string | undefined, { results, skipped, verdict, chosen }: Optimized): string {
  const keys = resultsTable(results)
    .columns.map(({ key }) => key)
    .filter((key) => columns.some((column) => key === column || key.startsWith(`${column}.`)));
  const random = results.judgedOn?.startsWith('random:');
  const choice = chosen
    ? `${paint.green('chosen')}: ${paint.bold(chosen.name)}${chosen.path === undefined ? '' : ` (${chosen.path})`}`
    : verdict
      ? undefined
      : 'no budget, so nothing is chosen: the frontier is the choice';
  return [
    resultsText(resultsTable(results, { columns: keys })),
    paint.dim(
      `judged on ${results.judgedOn}${random ? ': real inputs say more, --data' : ''}; latency in turns, ${String(results.environment.threads)} thread${results.environment.threads === 1 ? '' : 's'}`,
    ),
    ...skipped.map(({ technique, code, reason }) => `left out: ${technique}: ${reason} ${paint.dim(`[${code}]`)}`),
    '',
    ...(choice === undefined ? [] : [choice]),
    out === undefined ? 'nothing was written: --out FOLDER keeps the models, the table and a report' : `${out}: results.json, report.html and the models`,
  ].join('\n');
}

export const optimize: Verb = {
  name: 'optimize',
  summary: 'search for a variant within a budget, the cheapest technique first; without a budget: all of them in one table',
  examples: [
    { call: 'optimize model.onnx', says: 'no data, no budget: a table, and the frontier' },
    { call: 'optimize model.onnx --data digits --budget size=100kB,drop=1% --out diet', says: 'stops when it is met; status 1 says what binds' },
    { call: 'optimize model.onnx --preset web --data photos/ --out diet', says: 'a page: download with the runtime, no file over 25 MiB' },
  ],
  define: (command) =>
    void withData(
      withSeed(
        withRuntime(
          command
            .argument('<model>', 'an ONNX file')
            .option('--out <dir>', 'a folder for results.json, report.html and the models (default: the table alone, nothing is written)'),
        ),
      ),
    )
      .option(
        '--budget <list>',
        `the most of each, as size=1MB,latency=2ms,drop=1%: ${Object.entries(budgetWords)
          .map(([name, { says }]) => `${name} (${says})`)
          .join(', ')}`,
        readBudget,
      )
      .option('--preset <name>', presetNames.map((name) => `${name} (${presets[name].says})`).join('; '), oneOf('--preset', presetNames))
      .option(
        '--target <name>',
        "where it will run: cpu, wasm, webgpu (default: the preset's, else cpu)",
        oneOf('--target', Object.keys(targets) as TargetName[]),
      )
      .option(
        '--batch <list>',
        'batch sizes to time; the smallest is the one of the budget (default: 1, or what the file fixes)',
        integers('--batch', { min: 1, max: 1e6 }),
      ),
  run: (context, command) => run(context, command.args[0]!, command.opts<Options>()),
};
