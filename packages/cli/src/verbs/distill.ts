// modeldiet distill: a small model learns from a large one's answers.
import { type DistillLoss, distill as distillModel, hiddenFeatures, softLabels } from '@modeldiet/distill';
import { isModelDietError } from '@modeldiet/numfmt';
import type { Model } from '@modeldiet/onnx-io';
import { formatBytes, formatRatio } from '@modeldiet/pipeline';
import { pruneStructured } from '@modeldiet/prune';
import type { Backend } from '@modeldiet/runtime';
import { losses, openTrainer } from '@modeldiet/train';
import type { Context, Outcome } from '../context';
import { fail } from '../errors';
import { openBackend } from '../run/backend';
import { openData } from '../run/feeds';
import { type Opened, openModel } from '../run/open';
import { beginTally } from '../run/tally';
import {
  isClass,
  judged,
  labelType,
  loopOf,
  metricText,
  partsOf,
  type TrainingOptions,
  trainedJson,
  trainedText,
  withTraining,
  writeTrained,
} from '../run/training';
import { checkOutput, withVerify } from '../run/write';
import type { Verb } from '../verb';
import { bindDims } from '../words/dims';
import { collect, number } from '../words/options';
import { withData, withRuntime, withSeed } from '../words/shared';

interface Hidden {
  readonly student: string;
  readonly teacher: string;
}

interface Options extends TrainingOptions {
  readonly teacher?: string;
  readonly student?: string;
  readonly shrink?: number;
  readonly temperature?: number;
  readonly alpha?: number;
  readonly teacherLogits?: string;
  readonly hidden?: readonly Hidden[];
}

/** 'relu1=layer4/relu': a value of the student and the one of the teacher that it should hold. */
function hiddenWords(text: string): Hidden {
  const [student, teacher, ...more] = text.split('=');
  if (!student || !teacher || more.length) throw fail('option-value', { where: { option: '--hidden' }, expected: 'studentValue=teacherValue', actual: text });
  return { student, teacher };
}

function check({ teacher, student, shrink, data }: Options): void {
  if (teacher === undefined) throw fail('usage', { where: { option: '--teacher' } }, 'the teacher is missing');
  if ((student === undefined) === (shrink === undefined))
    throw fail(
      'usage',
      { where: { option: '--student' }, expected: '--student s.onnx, or --shrink 0.5' },
      'a student is either given or made from the teacher',
    );
  if (data === undefined) throw fail('usage', { where: { option: '--data' } }, 'distillation needs data: the inputs a teacher answers; labels are not needed');
}

/** The student that was given, or the teacher without `shrink` of its channels. */
async function studentOf(context: Context, teacher: Opened, { student, shrink }: Options): Promise<Model> {
  if (student !== undefined) return (await openModel(context, student)).model;
  return (await pruneStructured(teacher.model, { ...context.work, amount: shrink! })).model;
}

function lossesOf({ temperature, alpha, hidden = [], seed }: Options, labelled: boolean): DistillLoss[] {
  const soft = softLabels({ ...(temperature !== undefined && { temperature }), alpha: alpha ?? (labelled ? 0.9 : 1) });
  return [soft, ...hidden.map((pair) => hiddenFeatures({ ...pair, seed }))];
}

/** A net that cannot be trained at all says so, by node, rather than ask which of its outputs is the prediction. */
async function noGradientIn(student: Model, backend: Backend, signal: AbortSignal): Promise<unknown> {
  for (const { name, type } of student.graph.outputs) {
    if (type?.kind !== 'tensor' || type.dtype !== 'float32') continue;
    try {
      const trainer = await openTrainer(student, { backend, loss: losses.mse(), logits: name, signal });
      await trainer.release();
    } catch (error) {
      signal.throwIfAborted();
      if (isModelDietError(error) && error.code === 'train/no-gradient') return error;
    }
  }
  return undefined;
}

async function run(context: Context, [output]: readonly string[], options: Options): Promise<Outcome> {
  check(options);
  const tally = beginTally();
  const { seed, data, images, alpha, logits, teacherLogits = logits } = options;
  await checkOutput(context, output!);
  const teacher = await openModel(context, options.teacher!);
  const student = await studentOf(context, teacher, options);
  const { byPlace: dims } = bindDims(options.dims, teacher.model);
  const { items } = await openData(context, teacher.model, { data, dims, seed, images });
  const type = await labelType(items);
  if (type === undefined && alpha !== undefined && alpha < 1)
    throw fail('no-labels', { where: { option: '--alpha' }, expected: 'alpha 1', actual: data }, 'alpha below 1 learns from labels too');
  const parts = await partsOf(items, options);
  const backend = await openBackend(context, options);
  const learned = lossesOf(options, isClass(type));
  const { model, report } = await distillModel({
    ...context.work,
    ...loopOf(options),
    teacher: teacher.model,
    student,
    losses: learned,
    ...(teacherLogits !== undefined && { teacherLogits }),
    dataset: parts.train,
    validation: parts.validation,
    backend,
  }).catch(async (error: unknown) => {
    context.signal.throwIfAborted();
    const deeper = isModelDietError(error) && error.code === 'train/no-logits' ? await noGradientIn(student, backend, context.signal) : undefined;
    throw deeper ?? error;
  });
  const scored = isClass(type);
  const metric = scored ? await judged(context, model, parts, backend, true) : null;
  const taught = scored ? await judged(context, teacher.model, parts, backend, true) : null;
  const written = await writeTrained(context, { model, like: teacher.model, path: output!, options, backend });
  const shared = trainedJson(context, { report, metric, output: output!, seed, backend, written, tally: tally() });
  const json = {
    teacher: { path: teacher.path, bytes: teacher.bytes, metric: taught },
    student: { path: options.student ?? null, ...(options.shrink !== undefined && { shrink: options.shrink }), bytes: written.bytes },
    losses: learned.map(({ name, options: chosen }) => ({ name, options: chosen })),
    ...shared,
  };
  const text = [
    trainedText(context, shared),
    ...(taught ? [`teacher   ${taught.name} ${metricText(taught)}`] : []),
    `${formatBytes(written.bytes)}, ${formatRatio(teacher.bytes / written.bytes)} smaller than the teacher's ${formatBytes(teacher.bytes)}`,
  ];
  return { json, text: text.join('\n') };
}

export const distill: Verb = {
  name: 'distill',
  summary: "a small model learns from a large one's answers",
  examples: [
    { call: 'distill --teacher big.onnx --student small.onnx --data digits out.onnx', says: "the student's weights are where it starts" },
    { call: 'distill --teacher big.onnx --shrink 0.5 --data digits out.onnx', says: 'the student is the teacher without half of its channels' },
    { call: 'distill --teacher big.onnx --student s.onnx --data in.npz --alpha 1 out.onnx', says: 'no labels: the answers of the teacher alone' },
    { call: 'distill --teacher big.onnx --student s.onnx --data digits --hidden h=relu2 out.onnx', says: 'a value inside too, through a projection' },
  ],
  define: (command) =>
    void withTraining(
      withVerify(
        withData(
          withSeed(
            withRuntime(
              command
                .argument('<out>', 'where to write the student')
                .option('--teacher <file>', 'the model that knows')
                .option('--student <file>', 'the model that learns, its weights included')
                .option('--shrink <share>', 'make the student: the teacher without this share of its channels', number('--shrink'))
                .option('--temperature <t>', 'softens both answers (default 4)', number('--temperature'))
                .option('--alpha <a>', "the teacher's share; the rest is the label's (default 0.9; without labels 1)", number('--alpha'))
                .option('--teacher-logits <value>', "the teacher's, where it is called otherwise")
                .option('--hidden <student=teacher>', 'values that should agree; may be repeated', collect(hiddenWords)),
            ),
          ),
        ),
      ),
    ),
  run: (context, command) => run(context, command.args, command.opts<Options>()),
};
