// modeldiet diagnose: why a model is slow or wrong, in words.
import { diagnose as diagnoseModel, diagnoseRules, type Finding, formatMs } from '@modeldiet/pipeline';
import { environment } from '@modeldiet/profiler/node';
import type { Context, Outcome } from '../context';
import { openBackend } from '../run/backend';
import { batchesFor, batchFeeds } from '../run/batch';
import { openModel } from '../run/open';
import type { Verb } from '../verb';
import { integer, oneOf } from '../words/options';
import { type DataOption, type RuntimeOptions, type SeedOption, type TargetName, targets, withData, withRuntime, withSeed } from '../words/shared';

interface Options extends RuntimeOptions, SeedOption, DataOption {
  readonly against?: string;
  readonly target?: TargetName;
  readonly batch?: number;
}

async function run(context: Context, path: string, options: Options): Promise<Outcome> {
  const opened = await openModel(context, path);
  const original = options.against === undefined ? undefined : await openModel(context, options.against);
  const [batch] = batchesFor([opened], options.batch === undefined ? undefined : [options.batch]);
  const backend = await openBackend(context, options);
  const feeds = await batchFeeds(context, opened, options, batch!);
  const findings = await diagnoseModel(opened.model, {
    ...context.work,
    backend,
    feeds,
    threads: options.threads,
    ...(original && { against: original.model }),
    ...(options.target && { target: targets[options.target]() }),
  });
  const conditions = { ...environment({ ort: backend.runtime }), backend: backend.name, threads: options.threads, batch, target: options.target ?? null };
  return { json: { findings, environment: conditions }, text: findingsText(context, path, findings) };
}

function findingsText({ paint }: Context, path: string, findings: readonly Finding[]): string {
  const looked = Object.values(diagnoseRules).map(({ says }) => `  ${says}`);
  if (!findings.length) return [`${paint.bold(path)}: nothing found. Looked for`, ...looked].join('\n');
  const blocks = findings.map(({ rule, node, opType, costMs, evidence, cure }) =>
    [`${paint.yellow(rule)} ${paint.bold(node)} (${opType}), ${formatMs(costMs)} a run`, `  ${evidence}`, `  ${paint.green('cure')}: ${cure}`].join('\n'),
  );
  return [`${paint.bold(path)}: ${findings.length} finding${findings.length === 1 ? '' : 's'}, the dearest first`, ...blocks].join('\n\n');
}

export const diagnose: Verb = {
  name: 'diagnose',
  summary: 'why a model is slow or wrong: each finding with its node, its measured cost, and a cure',
  examples: [
    { call: 'diagnose small.onnx --against model.onnx', says: 'with what the same nodes cost in the original' },
    { call: 'diagnose small.onnx --target cpu', says: 'as for a CPU without VNNI, whatever this one has' },
    { call: 'diagnose det.onnx --dims x=1x3x640x640 --json', says: 'for scripts' },
  ],
  define: (command) =>
    void withData(withSeed(withRuntime(command.argument('<model>', 'an ONNX file'))))
      .option('--against <original>', 'the float model that it was made from')
      .option('--target <name>', 'where it will run: cpu, wasm, webgpu (default: this machine, asked)', oneOf('--target', Object.keys(targets) as TargetName[]))
      .option('--batch <n>', 'rows of a run (default: 1, or what the file fixes)', integer('--batch', { min: 1, max: 1e6 })),
  run: (context, command) => run(context, command.args[0]!, command.opts<Options>()),
};
