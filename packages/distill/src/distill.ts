// Distillation: the student is trained by `train` on a loss made of distillation losses, over a dataset that carries the teacher's answers.
import { type Model, requireModel, visibleValues } from '@modeldiet/onnx-io';
import { inferShapes } from '@modeldiet/ops';
import type { Backend } from '@modeldiet/runtime';
import { findPrediction, type Loss, type TrainOptions, type TrainReport, train } from '@modeldiet/train';
import { fail } from './errors';
import { type DistillLoss, softLabels } from './losses';
import { teach } from './teacher';

export interface DistillOptions extends Omit<TrainOptions, 'loss'> {
  readonly teacher: Model;
  readonly student: Model;
  /** Summed; default `[softLabels()]`. */
  readonly losses?: readonly DistillLoss[];
  /** Where the teacher runs; default `backend`. */
  readonly teacherBackend?: Backend;
  /** The teacher's logits by name; default: its only float output of rank 2, behind a Softmax its input. */
  readonly teacherLogits?: string;
}

/** One loss for `train`: the sum. */
function sumOf(losses: readonly DistillLoss[], teacherOf: (name: string | undefined) => { readonly column: string; readonly dims: readonly number[] }): Loss {
  const label = losses.find((loss) => loss.label !== undefined)?.label;
  return Object.freeze<Loss>({
    name: 'distill',
    options: { losses: losses.map(({ name, options }) => ({ name, options })) },
    onLogits: true,
    ...(label !== undefined && { classes: label, target: label }),
    build: (graph) => losses.map((loss) => loss.build(graph, loss.teacher.map(teacherOf))).reduce((a, b) => graph.e.op('Add', [a, b])),
  });
}

/**
 * Trains `student` to answer as `teacher` does. The teacher runs once over `dataset` (and `validation`), its answers are held in memory; projections of hidden features are learned and thrown away.
 * Returns a new model; neither of the two is changed. Throws `distill/no-losses`, `distill/cannot-join`, `distill/teacher-output`, and what `train` throws (`train/no-gradient` names the first operator without a gradient).
 */
export async function distill(options: DistillOptions): Promise<{ model: Model; report: TrainReport }> {
  const { teacher, student, losses = [softLabels()], teacherBackend, teacherLogits, dataset, validation, ...rest } = options;
  requireModel(teacher);
  requireModel(student);
  if (losses.length === 0) throw fail('no-losses', { where: { option: 'losses' } });
  const { backend, signal, onProgress, onWarning } = rest;
  const logits = losses.some((loss) => loss.teacher.includes(undefined))
    ? findPrediction(teacher.graph, teacherLogits, true, inferShapes(teacher)).value.name
    : undefined;
  const names = [...new Set(losses.flatMap((loss) => loss.teacher.map((name) => name ?? logits!)))];
  const known = visibleValues(teacher.graph);
  for (const name of names) if (!known.has(name)) throw fail('bad-option', { where: { option: 'losses', value: name } }, 'the teacher has no such value');
  const labels = losses.flatMap((loss) => loss.label ?? []);
  const work = { backend: teacherBackend ?? backend, labels: labels.length ? labels : ['label'], signal, onProgress, onWarning };
  const taught = await teach(teacher, names, dataset, work);
  const checked = validation && (await teach(teacher, names, validation, work));
  const loss = sumOf(losses, (name) => taught.values.get(name ?? logits!)!);
  return train(student, { ...rest, loss, dataset: taught.dataset, ...(checked && { validation: checked.dataset }) });
}
