// Small weights that are not in memory yet are read, so that rules can look at them: a bias, a scale a channel. What is simplified must not depend on how the model was opened.
import { allGraphs, constantBytes, type Draft, edit, type Value } from '@modeldiet/onnx-io';
import { isLazy, type LongWork, materialize, type Weight } from '@modeldiet/tensor';

/** Bytes of a weight that a rule may want to look at. */
const small = 2 ** 16;
/** As many weights are read at once as fit here: a file is asked many small questions, and waiting is most of the time. */
const atOnce = 2 ** 22;

/** Values with a dense constant, in parts that are read at once. */
export function* inParts(values: readonly Value[]): Generator<readonly Value[]> {
  let [part, bytes]: [Value[], number] = [[], 0];
  for (const value of values) {
    const size = constantBytes(value.initializer as Weight);
    if (part.length > 0 && bytes + size > atOnce) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(value);
    bytes += size;
  }
  yield part;
}

const isSmallLazy = (value: Value): boolean => {
  const { initializer } = value;
  return initializer !== undefined && isLazy(initializer) && constantBytes(initializer) <= small;
};

/** Reads the initializers of at most 64 KiB, a few MiB at a time. Changes nothing that can be seen. */
export async function loadSmall(draft: Draft, work: LongWork): Promise<void> {
  for (const graph of allGraphs(draft.model)) {
    const pending: Value[] = [];
    for (const value of graph.initializers) if (isSmallLazy(value)) pending.push(value);
    if (pending.length === 0) continue;
    for (const part of inParts(pending)) {
      const read = await Promise.all(part.map((value) => materialize(value.initializer as Weight, work)));
      for (const [i, value] of part.entries()) edit.setInitializer(value, read[i]!);
    }
  }
}
