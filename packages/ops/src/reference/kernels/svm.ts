// Support vector machines of ai.onnx.ml: a kernel between every row and every support vector, and what their coefficients make of it.
import type { Node } from '@modeldiet/onnx-io';
import { floatsOf, intOf, intsOf, stringOf } from '../../attributes';
import { fromNumbers } from '../array';
import { badAttribute, type Kernel, tensorAt } from '../kernel';
import { range } from '../layout';
import { best, labels, postTransform, table } from './ml';

type Row = Float64Array;
type Similarity = (x: ArrayLike<number>, y: ArrayLike<number>) => number;

const dot: Similarity = (x, y) => {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += x[i]! * y[i]!;
  return sum;
};
const square = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += (x[i]! - y[i]!) ** 2;
  return sum;
};

function similarity(node: Node): Similarity {
  const [gamma = 0, coef0 = 0, degree = 0] = floatsOf(node, 'kernel_params') ?? [];
  const name = stringOf(node, 'kernel_type', 'LINEAR');
  if (name === 'LINEAR') return dot;
  if (name === 'POLY') return (x, y) => (gamma * dot(x, y) + coef0) ** degree;
  if (name === 'RBF') return (x, y) => Math.exp(-gamma * square(x, y));
  if (name === 'SIGMOID') return (x, y) => Math.tanh(gamma * dot(x, y) + coef0);
  return badAttribute(node, 'kernel_type', name);
}

const listOf = (node: Node, name: string): readonly number[] => floatsOf(node, name) ?? badAttribute(node, name);
const vectors = (list: readonly number[], count: number): Row[] => {
  const width = list.length / count;
  return range(count).map((i) => Float64Array.from(list.slice(i * width, (i + 1) * width)));
};
const rowsOf = (values: Float64Array, rows: number, width: number): Row[] => range(rows).map((r) => values.subarray(r * width, (r + 1) * width));

const regressor: Kernel = (node, inputs) => {
  const { rows, width, values } = table(tensorAt(node, inputs, 0));
  const [coefficients, [rho = 0]] = [listOf(node, 'coefficients'), listOf(node, 'rho')];
  const supports = intOf(node, 'n_supports', 0);
  const between = supports > 0 ? similarity(node) : dot;
  const held = supports > 0 ? vectors(listOf(node, 'support_vectors'), supports) : [];
  const scores = rowsOf(values, rows, width).map((x) => {
    const sum = rho + (supports > 0 ? held.reduce((total, vector, i) => total + coefficients[i]! * between(x, vector), 0) : dot(x, coefficients));
    return intOf(node, 'one_class', 0) === 1 ? (sum > 0 ? 1 : -1) : sum;
  });
  return [fromNumbers('float32', [rows, 1], scores)];
};

/** Class probabilities from those of every pair (Wu, Lin and Weng, 2004, algorithm 2), with LIBSVM's stopping rule. */
function coupled(pairs: readonly (readonly number[])[]): number[] {
  const k = pairs.length;
  const q = range(k).map((t) =>
    range(k).map((j) => (t === j ? range(k).reduce((sum, i) => sum + (i === t ? 0 : pairs[i]![t]! ** 2), 0) : -pairs[j]![t]! * pairs[t]![j]!)),
  );
  let p = range(k).map(() => 1 / k);
  const times = (): number[] => q.map((line) => line.reduce((sum, each, j) => sum + each * p[j]!, 0));
  for (let round = 0; round < Math.max(100, k); round++) {
    let qp = times();
    let whole = qp.reduce((sum, each, t) => sum + each * p[t]!, 0);
    if (qp.every((each) => Math.abs(each - whole) < 0.005 / k)) break;
    for (let t = 0; t < k; t++) {
      const step = (whole - qp[t]!) / q[t]![t]!;
      p = p.map((each, j) => (j === t ? each + step : each) / (1 + step));
      qp = times();
      whole = qp.reduce((sum, each, j) => sum + each * p[j]!, 0);
    }
  }
  return p;
}

const probability = (score: number, a: number, b: number): number => Math.min(Math.max(1 / (1 + Math.exp(score * a + b)), 1e-7), 1 - 1e-7);

/** One score a pair of classes, each by the support vectors of the two; and how often each class won. */
function duels(node: Node, perClass: readonly number[], rows: readonly Row[]): { readonly scores: number[]; readonly votes: number[] }[] {
  const count = perClass.length;
  const total = perClass.reduce((a, b) => a + b, 0);
  const starts = perClass.map((_, i) => perClass.slice(0, i).reduce((a, b) => a + b, 0));
  const held = vectors(listOf(node, 'support_vectors'), total);
  const [between, coefficients, rho] = [similarity(node), listOf(node, 'coefficients'), listOf(node, 'rho')];
  return rows.map((x) => {
    const near = held.map((vector) => between(x, vector));
    const part = (of: number, against: number): number =>
      range(perClass[of]!).reduce((sum, i) => sum + coefficients[against * total + starts[of]! + i]! * near[starts[of]! + i]!, 0);
    const scores: number[] = [];
    const votes = perClass.map(() => 0);
    for (let i = 0; i < count; i++)
      for (let j = i + 1; j < count; j++) {
        const score = part(i, j - 1) + part(j, i) + (rho[scores.length] ?? 0);
        scores.push(score);
        votes[score > 0 ? i : j]!++;
      }
    return { scores, votes };
  });
}

/** With two classes and one score, the score of the first is what is left of it. */
function classifier(...[node, inputs]: Parameters<Kernel>): ReturnType<Kernel> {
  const { rows, width, values } = table(tensorAt(node, inputs, 0));
  const { count, tensor } = labels(node);
  const lines = rowsOf(values, rows, width);
  const transform = stringOf(node, 'post_transform', 'NONE');
  const perClass = intsOf(node, 'vectors_per_class');
  if (!perClass?.length) {
    const coefficients = vectors(listOf(node, 'coefficients'), count);
    const [rho = 0] = floatsOf(node, 'rho') ?? [];
    const raw = lines.map((x) => coefficients.map((each) => dot(x, each) + rho));
    return [
      tensor(raw.map(best)),
      fromNumbers(
        'float32',
        [rows, count],
        raw.flatMap((row) => postTransform(transform, row)),
      ),
    ];
  }
  const [a, b] = [floatsOf(node, 'prob_a') ?? [], floatsOf(node, 'prob_b') ?? []];
  const results = duels(node, perClass, lines);
  if (a.length) {
    const out = results.map(({ scores }) => {
      const pairs = perClass.map(() => perClass.map(() => 0));
      let at = 0;
      for (let i = 0; i < count; i++)
        for (let j = i + 1; j < count; j++, at++) {
          pairs[i]![j] = probability(scores[at]!, a[at]!, b[at]!);
          pairs[j]![i] = 1 - pairs[i]![j]!;
        }
      return count === 2 ? [pairs[0]![1]!, pairs[1]![0]!] : coupled(pairs);
    });
    return [
      tensor(results.map(({ votes }) => best(votes))),
      fromNumbers(
        'float32',
        [rows, count],
        out.flatMap((row) => postTransform(transform, row)),
      ),
    ];
  }
  const out = results.map(({ scores }) => postTransform(transform, scores.length === 1 ? [-scores[0]!, scores[0]!] : scores));
  return [tensor(results.map(({ votes }) => best(votes))), fromNumbers('float32', [rows, out[0]?.length ?? 0], out.flat())];
}

export const kernels = {
  'ai.onnx.ml:SVMRegressor': regressor,
  'ai.onnx.ml:SVMClassifier': classifier,
} satisfies Record<string, Kernel>;
