// Training bindings name what is there: an initializer to set, an output to set it from.
import type { TrainingInfo } from '../ir/model';
import { type Check, error, type Problem } from './problem';

function* checkInfo({ initialization, algorithm, initializationBinding, updateBinding }: TrainingInfo, names: ReadonlySet<string>): Generator<Problem> {
  const known = new Set(names);
  for (const value of algorithm?.initializers ?? []) known.add(value.name);
  for (const [binding, graph] of [
    [initializationBinding, initialization],
    [updateBinding, algorithm],
  ] as const) {
    const outputs = new Set(graph?.outputs.map(({ name }) => name));
    for (const [target, source] of binding) {
      if (!known.has(target)) yield error('training', { value: target }, 'a binding names an initializer that is not there');
      if (!outputs.has(source)) yield error('training', { value: source }, 'a binding names an output that its graph does not have');
    }
  }
}

export const training: Check = {
  name: 'training',
  *run(model) {
    const names = new Set([...model.graph.initializers].map(({ name }) => name));
    for (const info of model.training) yield* checkInfo(info, names);
  },
};
