// What quantize, simplify and every other verb that makes one model of another share: read, transform, write, try, compare, tell.
import type { Model, Report } from '@modeldiet/onnx-io';
import type { Backend } from '@modeldiet/runtime';
import type { LongWork } from '@modeldiet/tensor';
import type { Command } from 'commander';
import type { Context, Outcome } from '../context';
import { bindDims } from '../words/dims';
import { type DataOption, type RuntimeOptions, type SeedOption, type SelectOptions, withData, withRuntime, withSeed, withSelection } from '../words/shared';
import { openBackend, tryBackend } from './backend';
import { type DataSet, openData } from './feeds';
import { openModel } from './open';
import { beginTally } from './tally';
import { type Transformed, transformJson, transformText } from './transform-outcome';
import { trialFeeds, tryOut } from './try-out';
import { checkOutput, type VerifyOption, withVerify, writeTried } from './write';

export interface RemakeOptions extends RuntimeOptions, SeedOption, SelectOptions, DataOption, VerifyOption {}

/** The arguments and options that go with it. */
export const withRemake = (command: Command): Command =>
  withVerify(
    withData(withSeed(withRuntime(withSelection(command.argument('<in>', 'an ONNX file').argument('<out>', 'where to write; may be the same file'))))),
  );

/** Only what was given: `transform` takes an absent list for no choice. */
export const selectionOf = ({ include, exclude }: SelectOptions): SelectOptions => ({ ...(include && { include }), ...(exclude && { exclude }) });

/** What a transform may need beside the model: asked for, so that verbs that run nothing load no runtime. */
export interface Workshop {
  readonly work: LongWork;
  /** Throws `runtime/no-runtime`. */
  backend(): Promise<Backend>;
  /** Data for the model by its words: 'digits', 'random:32'. Throws as {@link openData}. */
  data(words: string): Promise<DataSet>;
}

export type Remaking = (model: Model, workshop: Workshop) => Promise<{ readonly model: Model; readonly report: Report }>;

/** What a verb says beside what all say. */
export type Afterword = (done: Transformed) => Promise<{ readonly json: object; readonly lines: readonly string[] }>;

export async function remake(
  context: Context,
  [input, output]: readonly string[],
  options: RemakeOptions,
  make: Remaking,
  afterword?: Afterword,
): Promise<Outcome> {
  const tally = beginTally();
  await checkOutput(context, output!);
  const opened = await openModel(context, input!);
  const { seed, data, verify, images } = options;
  const { byPlace: dims } = bindDims(options.dims, opened.model);
  const backend = verify === false ? undefined : await tryBackend(context, options);
  const trial = backend && (await trialFeeds(context, opened.model, { data, dims, seed, images }));
  const workshop: Workshop = {
    work: context.work,
    backend: async () => backend ?? openBackend(context, options),
    data: (words) => openData(context, opened.model, { data: words, dims, seed, images }),
  };
  const { model, report } = await make(opened.model, workshop);
  const written = await writeTried(context, {
    model,
    path: output!,
    verify,
    tryOut:
      backend && trial && ((file) => tryOut(context, file, { backend, model, trial, original: opened.file, path: output!, seed, threads: options.threads })),
  });
  if (written.bytes >= opened.bytes)
    context.work.onWarning({
      code: 'cli/not-smaller',
      message: `the output is not smaller: ${written.bytes} bytes against ${opened.bytes}`,
      where: { file: output! },
    });
  const done = { input: opened, model, report, written, warnings: context.warnings, tally: tally() };
  const more = await afterword?.(done);
  const text = transformText(done, context.paint, context.verbosity === 'verbose');
  return { json: { ...transformJson(done), ...more?.json }, text: [text, ...(more ? ['', ...more.lines] : [])].join('\n') };
}
