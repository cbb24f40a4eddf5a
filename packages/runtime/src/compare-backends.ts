// One model on two backends, value by value: where do they part? Finds saturating kernels and overflows of narrow floats.
import { graphAddress, keyOf, type Model, type Node, opKey, orderedNodes, requireModel, subgraphs } from '@modeldiet/onnx-io';
import { inferShapes, type Shapes } from '@modeldiet/ops';
import type { Batches } from '@modeldiet/tensor';
import type { Backend, SessionOptions } from './backend';
import { type DifferenceTally, differenceTally, type OutputDifference } from './difference';
import { type ObserveOptions, observePlaced, type Placed } from './observe/observe';
import { replayable } from './replay';

export interface CompareBackendsOptions extends SessionOptions {
  readonly feeds: Batches;
  /** Values to compare, by name or, inside a body, by address; default every tensor that a node of the main graph makes, and of the first node that diverges those inside its bodies. */
  readonly values?: readonly string[];
  /** A value diverges below this; default 40. */
  readonly minSqnrDb?: number;
  readonly maxBytes?: number;
  readonly labels?: readonly string[];
}

export interface BackendComparison {
  /** In the order the nodes run; values inside the bodies of the first node that diverges come last. */
  readonly values: readonly OutputDifference[];
  /** The first node, in running order, with an output below `minSqnrDb`; where it is an If, Loop or Scan with such a node inside, that one. */
  readonly firstDiverging?: { readonly node: string; readonly opType: string; readonly value: string; readonly sqnrDb: number };
  readonly notCompared: readonly { readonly name: string; readonly reason: string }[];
}

interface Made {
  /** Its name, or its address inside a body. */
  readonly value: string;
  readonly node: Node;
}

/** The tensors that one node makes. In a body only those whose element type is known, which is what it takes to bring one out. */
function madeBy(node: Node, shapes: Shapes): Made[] {
  const owner = graphAddress(node.graph);
  return node.outputs.flatMap((value) => {
    const type = value && (shapes.of(value) ?? value.type);
    const seen = type ? type.kind === 'tensor' && (!owner || type.dtype !== undefined) : !owner;
    return value && seen ? [{ value: owner + value.name, node }] : [];
  });
}

/** What is inside their bodies can be brought out. */
const open: ReadonlySet<string> = new Set(['If', 'Loop', 'Scan']);

/** Tensors made inside the bodies of a node, in running order: what a body makes comes before the node that owns it, whose outputs it becomes. */
const madeInside = (node: Node, shapes: Shapes): Made[] =>
  !open.has(opKey(node)) ? [] : subgraphs(node).flatMap((body) => orderedNodes(body).flatMap((each) => [...madeInside(each, shapes), ...madeBy(each, shapes)]));

/** Negative where `a` comes first, 0 at the same place. */
function order(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

interface Compared {
  readonly results: ReadonlyMap<string, OutputDifference>;
  readonly notCompared: BackendComparison['notCompared'];
}

/** Values of the two backends, pair by pair. Where one took another branch or made another number of rounds, a value has no partner. */
async function compareValues(
  model: Model,
  names: readonly string[],
  first: Backend,
  second: Backend,
  items: Batches,
  options: Omit<ObserveOptions, 'backend'>,
): Promise<Compared> {
  const [left, right] = [
    observePlaced(model, names, items, { ...options, backend: first }),
    observePlaced(model, names, items, { ...options, backend: second }),
  ];
  const tallies = new Map<string, DifferenceTally>(names.map((name) => [name, differenceTally(name)]));
  const notCompared: { name: string; reason: string }[] = [];
  const giveUp = (name: string, reason: string): void => {
    if (tallies.delete(name)) notCompared.push({ name, reason });
  };
  const alone = ({ value, batch, iteration }: Placed, by: Backend): void =>
    giveUp(value, `only ${by.name} computes it, in item ${batch}${iteration ? `, round ${iteration.join('.')}` : ''}`);
  try {
    let [a, b] = [await left.next(), await right.next()];
    while (!a.done || !b.done) {
      const ahead = a.done ? 1 : b.done ? -1 : order(a.value.place, b.value.place);
      if (ahead === 0 && !a.done && !b.done) {
        const { value: name, tensor } = a.value;
        const other = b.value.tensor;
        if (tallies.get(name)?.add(tensor, other) === false)
          giveUp(name, `[${tensor.dims.join(',')}] on ${first.name}, [${other.dims.join(',')}] on ${second.name}`);
      } else if (ahead < 0 && !a.done) alone(a.value, first);
      else if (!b.done) alone(b.value, second);
      if (ahead <= 0) a = await left.next();
      if (ahead >= 0) b = await right.next();
    }
  } finally {
    await left.return();
    await right.return();
  }
  return { results: new Map([...tallies].map(([name, tally]) => [name, tally.result()] as const)), notCompared };
}

/** Compares `second` with `first`, the reference. Throws what `observe` throws. */
export async function compareBackends(model: Model, first: Backend, second: Backend, options: CompareBackendsOptions): Promise<BackendComparison> {
  requireModel(model);
  const { feeds, values, minSqnrDb = 40, ...rest } = options;
  const items = await replayable(feeds);
  const shapes = inferShapes(model);
  const wanted = values && new Set(values);
  const nodes = orderedNodes(model.graph);
  const made = wanted
    ? nodes.flatMap((node) => [...madeInside(node, shapes), ...madeBy(node, shapes)]).filter(({ value }) => wanted.has(value))
    : nodes.flatMap((node) => madeBy(node, shapes));
  const names = values ?? made.map(({ value }) => value);
  const { results, notCompared } = await compareValues(model, names, first, second, items, rest);
  const diverging = (among: readonly Made[], found: ReadonlyMap<string, OutputDifference>): Made | undefined =>
    among.find(({ value }) => (found.get(value)?.sqnrDb ?? Number.POSITIVE_INFINITY) < minSqnrDb);
  const outer = diverging(made, results);
  const bodies = outer && !values ? madeInside(outer.node, shapes) : [];
  const inside = bodies.map(({ value }) => value);
  const inner = inside.length > 0 ? await compareValues(model, inside, first, second, items, rest) : undefined;
  const all = new Map([...results, ...(inner?.results ?? [])]);
  const place = (inner && diverging(bodies, inner.results)) ?? outer;
  return {
    values: [...all.values()],
    ...(place && {
      firstDiverging: { node: keyOf(place.node), opType: opKey(place.node), value: place.value, sqnrDb: all.get(place.value)!.sqnrDb! },
    }),
    notCompared: [...notCompared, ...(inner?.notCompared ?? [])],
  };
}
