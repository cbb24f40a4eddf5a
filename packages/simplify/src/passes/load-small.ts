// Small weights that are not in memory yet are read, so that rules can look at them: a bias, a scale a channel. What is simplified must not depend on how the model was opened.
import { allGraphs, constantBytes, type Draft, edit, type Value } from '@modeldiet/onnx-io';
import { isLazy, type LongWork, materialize, type Weight } from '@modeldiet/tensor';

/** Bytes of a weight that a rule may want to look at, and of those that are read at once. */
const small = 2 ** 16;
const atOnce = 2 ** 22;

const isSmallLazy = (value: Value): boolean => {
  const { initializer } = value;
  return initializer !== undefined && isLazy(initializer) && constantBytes(initializer) <= small;
};

/** Reads the initializers of at most 64 KiB, a few MiB at a time. Changes nothing that can be seen. */
export async function loadSmall(draft: Draft, work: LongWork): Promise<void> {
  for (const graph of [...allGraphs(draft.model)]) {
    const pending = [...graph.initializers].filter(isSmallLazy);
    const step = atOnce / small;
    for (let from = 0; from < pending.length; from += step) {
      const part = pending.slice(from, from + step);
      const read = await Promise.all(part.map((value) => materialize(value.initializer as Weight, work)));
      for (const [i, value] of part.entries()) edit.setInitializer(value, read[i]!);
    }
  }
}
