// One model on two backends, value by value: where do they part? Finds saturating kernels and overflows of narrow floats.
import { keyOf, type Model, opKey, orderedNodes } from '@modeldiet/onnx-io';
import { inferShapes } from '@modeldiet/ops';
import type { Batches } from '@modeldiet/tensor';
import type { Backend, SessionOptions } from './backend';
import { type DifferenceTally, differenceTally, type OutputDifference } from './difference';
import { observe } from './observe/observe';
import { replayable } from './replay';

export interface CompareBackendsOptions extends SessionOptions {
  readonly feeds: Batches;
  /** Values to compare; default every tensor that a node of the main graph makes. */
  readonly values?: readonly string[];
  /** A value diverges below this; default 40. */
  readonly minSqnrDb?: number;
  readonly maxBytes?: number;
  readonly labels?: readonly string[];
}

export interface BackendComparison {
  /** In the order the nodes run. */
  readonly values: readonly OutputDifference[];
  /** The first node, in running order, with an output below `minSqnrDb`. */
  readonly firstDiverging?: { readonly node: string; readonly opType: string; readonly value: string; readonly sqnrDb: number };
  readonly notCompared: readonly { readonly name: string; readonly reason: string }[];
}

interface Made {
  readonly value: string;
  readonly node: string;
  readonly opType: string;
}

/** Tensors that nodes of the main graph make, in running order. */
function madeBy(model: Model): Made[] {
  const shapes = inferShapes(model);
  return orderedNodes(model.graph).flatMap((node) =>
    node.outputs.flatMap((value) => {
      const type = value && (shapes.of(value) ?? value.type);
      return value && (!type || type.kind === 'tensor') ? [{ value: value.name, node: keyOf(node), opType: opKey(node) }] : [];
    }),
  );
}

/** Compares `second` with `first`, the reference. Throws what `observe` throws. */
export async function compareBackends(model: Model, first: Backend, second: Backend, options: CompareBackendsOptions): Promise<BackendComparison> {
  const { feeds, values, minSqnrDb = 40, ...rest } = options;
  const made = madeBy(model).filter(({ value }) => !values || values.includes(value));
  const names = values ?? made.map(({ value }) => value);
  const items = await replayable(feeds);
  const [left, right] = [observe(model, names, items, { ...rest, backend: first }), observe(model, names, items, { ...rest, backend: second })];
  const tallies = new Map<string, DifferenceTally>(names.map((name) => [name, differenceTally(name)]));
  const notCompared: { name: string; reason: string }[] = [];
  try {
    for (;;) {
      const [a, b] = [await left.next(), await right.next()];
      if (a.done || b.done) break;
      const { value: name, tensor } = a.value;
      if (tallies.get(name)?.add(tensor, b.value.tensor) !== false) continue;
      tallies.delete(name);
      notCompared.push({ name, reason: `[${tensor.dims.join(',')}] on ${first.name}, [${b.value.tensor.dims.join(',')}] on ${second.name}` });
    }
  } finally {
    await left.return();
    await right.return();
  }
  const results = names.flatMap((name) => tallies.get(name)?.result() ?? []);
  const byName = new Map(results.map((result) => [result.name, result] as const));
  const diverging = made.find(({ value }) => (byName.get(value)?.sqnrDb ?? Number.POSITIVE_INFINITY) < minSqnrDb);
  return {
    values: results,
    ...(diverging && {
      firstDiverging: { node: diverging.node, opType: diverging.opType, value: diverging.value, sqnrDb: byName.get(diverging.value)!.sqnrDb! },
    }),
    notCompared,
  };
}
