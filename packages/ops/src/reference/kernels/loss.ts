// Losses over classes: NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss.
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { intOf, stringOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { badInput, type Kernel, optionalAt, tensorAt } from '../kernel';
import { aroundAxis } from '../layout';
import { alongAxis, logSoftmaxOf } from './norm';

/** -weight[target] * log-probability[target], reduced; the ignored class counts neither above nor below. */
function negativeLogLikelihood(node: Node, logs: Tensor, target: Tensor, weight: Tensor | undefined): Tensor {
  const [, classes, inner] = aroundAxis(logs.dims, 1);
  const [values, weights] = [numbersOf(logs), weight && numbersOf(weight)];
  const ignored = intOf(node, 'ignore_index');
  let below = 0;
  const losses = integersOf(target).map((label, i) => {
    if (label === ignored) return 0;
    if (label < 0 || label >= classes) badInput(node, 1, 'a label is no class', { expected: `0 to ${classes - 1}`, actual: label });
    const w = weights ? weights[label]! : 1;
    below += w;
    return -w * values[(Math.floor(i / inner) * classes + label) * inner + (i % inner)]!;
  });
  const reduction = stringOf(node, 'reduction', 'mean');
  if (reduction === 'none') return fromNumbers(logs.type, target.dims, losses);
  const sum = losses.reduce((a, b) => a + b, 0);
  return fromNumbers(logs.type, [], [reduction === 'sum' ? sum : sum / below]);
}

export const kernels = {
  NegativeLogLikelihoodLoss: (node, inputs) => [negativeLogLikelihood(node, tensorAt(node, inputs, 0), tensorAt(node, inputs, 1), optionalAt(node, inputs, 2))],
  SoftmaxCrossEntropyLoss: (node, inputs) => {
    const scores = tensorAt(node, inputs, 0);
    const logs = alongAxis(scores, 1, logSoftmaxOf);
    return [negativeLogLikelihood(node, logs, tensorAt(node, inputs, 1), optionalAt(node, inputs, 2)), logs];
  },
} satisfies Record<string, Kernel>;
