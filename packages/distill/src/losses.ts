// What a student learns from its teacher. A distillation loss is a value that says which of the teacher's values it needs and writes itself into the student's training graph; add one: one maker here and one line in the table.
import { attr, type Dim, type Value } from '@modeldiet/onnx-io';
import { random, tensor } from '@modeldiet/tensor';
import { crossEntropy, type LossGraph, type Strategy } from '@modeldiet/train';
import { fail } from './errors';

/** One of the teacher's values as a column beside the student's inputs. */
export interface TeacherValue {
  readonly column: string;
  /** Extents without the batch. */
  readonly dims: readonly number[];
}

export interface DistillLoss extends Strategy {
  /** The teacher's values it reads; undefined: its logits. */
  readonly teacher: readonly (string | undefined)[];
  /** The label column it reads, if any. */
  readonly label?: string;
  build(graph: LossGraph, teacher: readonly TeacherValue[]): Value;
}

const positive = (option: string, x: number): void => {
  if (!(x > 0 && Number.isFinite(x))) throw fail('bad-option', { where: { option }, expected: 'a number above 0', actual: x });
};

const batched = (dims: readonly number[]): readonly Dim[] => ['batch', ...dims];

export interface SoftLabelsOptions {
  /** Softens both answers; default 4. */
  readonly temperature?: number;
  /** The share of the teacher's answer; the rest is the hard label's. Default 0.9; 1 needs no labels. */
  readonly alpha?: number;
  /** Default 'label'. */
  readonly label?: string;
}

/**
 * `alpha * T^2 * KL(softmax(teacher / T) || softmax(student / T)) + (1 - alpha) * cross-entropy(student, label)`, the mean over the batch (Hinton, Vinyals, Dean, "Distilling the Knowledge in a
 * Neural Network", 2015). T^2 keeps the gradient's size whatever the temperature.
 */
export function softLabels({ temperature = 4, alpha = 0.9, label = 'label' }: SoftLabelsOptions = {}): DistillLoss {
  positive('temperature', temperature);
  if (!(alpha >= 0 && alpha <= 1)) throw fail('bad-option', { where: { option: 'alpha' }, expected: '0 to 1', actual: alpha });
  return Object.freeze<DistillLoss>({
    name: 'softLabels',
    options: { temperature, alpha, ...(alpha < 1 && { label }) },
    teacher: [undefined],
    ...(alpha < 1 && { label }),
    build(graph, [teacher]) {
      const { e, prediction } = graph;
      const student = e.cast(prediction, 'float32');
      const t = e.scalar(1 / temperature, student);
      const soft = e.op('Mul', [graph.column(teacher!.column, 'float32', batched(teacher!.dims)), t]);
      const p = e.op('Softmax', [soft], { axis: attr.int(-1) });
      const gap = e.op('Sub', [e.op('LogSoftmax', [soft], { axis: attr.int(-1) }), e.op('LogSoftmax', [e.op('Mul', [student, t])], { axis: attr.int(-1) })]);
      const total = e.sum(e.op('Mul', [p, gap]), undefined, false);
      const rows = e.cast(e.op('Gather', [e.shape(student), e.ints([0])], {}, 'int64'), 'float32');
      const factor = e.op('Div', [e.scalar(alpha * temperature ** 2, student), rows]);
      const kl = e.sum(e.op('Mul', [total, factor]), undefined, false);
      if (alpha === 1) return kl;
      return e.op('Add', [kl, e.op('Mul', [crossEntropy({ label }).build(graph), e.scalar(1 - alpha, student)])]);
    },
  });
}

export interface HiddenFeaturesOptions {
  /** Names of the values that should agree; both [N, ..., C]. */
  readonly student: string;
  readonly teacher: string;
  /** Multiplies the loss; default 1. */
  readonly weight?: number;
  /** Seeds the projection; default 0. */
  readonly seed?: number | string;
}

/**
 * The mean squared error between a value of the student and one of the teacher (Romero et al., "FitNets", 2015). Where their last extents differ a linear projection of the student's is learned with
 * it, and is absent from the saved model. Throws `distill/cannot-join` when the student's last extent is not static, or the extents before it differ.
 */
export function hiddenFeatures({ student, teacher, weight = 1, seed = 0 }: HiddenFeaturesOptions): DistillLoss {
  positive('weight', weight);
  return Object.freeze<DistillLoss>({
    name: 'hiddenFeatures',
    options: { student, teacher, weight, seed },
    teacher: [teacher],
    build(graph, [target]) {
      const { e } = graph;
      const value = graph.value(student);
      const own = e.dims(value);
      const from = own?.at(-1);
      const to = target!.dims.at(-1);
      const between = own?.slice(1, -1).every((extent, i) => typeof extent !== 'number' || extent === target!.dims[i]);
      if (!own || own.length !== target!.dims.length + 1 || typeof from !== 'number' || to === undefined || !between)
        throw fail('cannot-join', {
          where: { value: student },
          expected: `[batch, ${target!.dims}] as the teacher's '${teacher}', or another last extent`,
          actual: own ?? 'an unknown rank',
        });
      let seen = e.cast(value, 'float32');
      if (from !== to) {
        const draw = random(seed).fork(`projection ${student} to ${teacher}`);
        const bound = Math.sqrt(1 / from);
        const initial = tensor(
          'float32',
          Float32Array.from({ length: from * to }, () => (2 * draw.next() - 1) * bound),
          [from, to],
        );
        seen = e.op('MatMul', [seen, graph.parameter(`projection/${student}`, initial)]);
      }
      const gap = e.op('Sub', [seen, graph.column(target!.column, 'float32', batched(target!.dims))]);
      return e.op('Mul', [e.mean(e.op('Mul', [gap, gap])), e.scalar(weight, seen)]);
    },
  });
}

/** Name -> maker. */
export const distillLosses = { softLabels, hiddenFeatures } as const;
