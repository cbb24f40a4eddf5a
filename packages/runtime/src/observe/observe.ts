// The one way to see inside a model: values become outputs, in groups that fit in memory, and come out one tensor at a time.
import { attr, cloneModel, constantOf, edit, type Model, requireModel, type Value } from '@modeldiet/onnx-io';
import { type Batches, checkpoint, type DType, type Feeds, isLazy, type LongWork, type Tensor } from '@modeldiet/tensor';
import type { Backend, Session, SessionOptions, Slot } from '../backend';
import { fedInputs, shapeOf } from '../bind-dims';
import { bindFeeds } from '../bind-feeds';
import { fail } from '../errors';
import { replayable } from '../replay';
import { lift } from './lift';
import { groupsOf, shapesFor, type Target, targetsOf, valuesByAddress } from './values';

export interface ObserveOptions extends SessionOptions {
  readonly backend: Backend;
  /** How much the values of one run may take; default 256 MiB. Smaller means more runs. */
  readonly maxBytes?: number;
  /** Columns that are never inputs; default `['label']`. */
  readonly labels?: readonly string[];
}

export interface Observation {
  /** The item's place in `batches`, from 0. */
  readonly batch: number;
  /** Its name; inside a body its address: 'If->y/then_branch/conv1'. */
  readonly value: string;
  /** For a value inside loops: their rounds, outer first. A branch that was not taken yields nothing. */
  readonly iteration?: readonly number[];
  /** bfloat16 and float8 come as float32, 4-bit integers as 8-bit ones: the same numbers. */
  readonly tensor: Tensor;
}

/** An observation and its place in the order in which all of them come: group, item, value in the group, rounds. Two backends need not reach the same places. */
export interface Placed extends Observation {
  readonly place: readonly number[];
}

/** TensorProto.DataType of the types observed values are cast to. */
const codes: Partial<Record<DType, number>> = { float32: 1, uint8: 2, int8: 3 };

interface Exposed {
  readonly model: Model;
  /** By target: the output that carries it, and how to read it. */
  readonly outputs: ReadonlyMap<string, { readonly output: string; readonly read: ReturnType<typeof lift>['read'] }>;
}

/** A copy of the model whose outputs are the targets. */
function exposing(model: Model, targets: readonly Target[]): Exposed {
  const copy = cloneModel(model);
  const byAddress = valuesByAddress(copy);
  const outputs: Value[] = [];
  const reading = new Map<string, { output: string; read: ReturnType<typeof lift>['read'] }>();
  // Addresses are looked up before any node is added: lifting changes none, but a node without a name may get another.
  const found = targets.map((target) => ({ ...target, value: byAddress.get(target.name)! }));
  for (const { name, value, as, dtype } of found) {
    const wide = as ? widened(value, as) : value;
    const lifted = lift(copy, wide, as ?? dtype);
    outputs.push(lifted.value);
    reading.set(name, { output: lifted.value.name, read: lifted.read });
  }
  edit.setOutputs(copy.graph, outputs);
  return { model: copy, outputs: reading };
}

/** The value in a type that holds all its numbers. */
const widened = (value: Value, as: DType): Value =>
  edit.addNode(value.graph, {
    opType: 'Cast',
    inputs: [value],
    outputs: [{ name: '', type: { kind: 'tensor', dtype: as } }],
    attributes: { to: attr.int(codes[as]!) },
  }).outputs[0]!;

const slotsOf = (model: Model): Slot[] =>
  fedInputs(model).map((value) => ({ name: value.name, dtype: value.type?.kind === 'tensor' ? value.type.dtype : undefined, dims: shapeOf(value) }));

async function loadedConstant(target: Target, work: LongWork): Promise<Tensor> {
  const constant = (constantOf(target.value) ?? target.value.initializer)!;
  if (constant.type === 'sparse' || constant.type === 'opaque') throw fail('not-observable', { where: { value: target.name }, actual: constant.type });
  return isLazy(constant) ? constant.load(work) : constant;
}

/** The dims of the first item as the inputs get them; undefined when there is no item. */
async function firstDims(
  slots: readonly Slot[],
  batches: Batches,
  labels: readonly string[] | undefined,
): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
  for await (const item of batches as AsyncIterable<Feeds>)
    return new Map(Object.entries(bindFeeds(slots, item, { labels })).map(([name, { dims }]) => [name, dims] as const));
  return undefined;
}

/**
 * Yields the named values of every item: group by group, in each group item by item, in each item in the order asked. Inputs and initializers may be named
 * too. Between two yields at most one run's group is in memory; breaking off releases the session.
 * Throws `runtime/unknown-value`, `runtime/not-observable`, `runtime/empty-dataset`, `runtime/bad-option`.
 * @example
 * for await (const { value, tensor } of observe(model, ['relu1'], batches, { backend })) histogram[value].add(tensor);
 */
export async function* observe(
  model: Model,
  values: readonly string[],
  batches: Batches,
  options: ObserveOptions,
): AsyncGenerator<Observation, void, undefined> {
  for await (const { place: _, ...observation } of observePlaced(model, values, batches, options)) yield observation;
}

/** {@link observe}, each with its place. */
export async function* observePlaced(
  model: Model,
  values: readonly string[],
  batches: Batches,
  options: ObserveOptions,
): AsyncGenerator<Placed, void, undefined> {
  const { backend, maxBytes = 2 ** 28, labels, ...settings } = options;
  const { signal, onProgress, onWarning } = options;
  requireModel(model);
  if (!(maxBytes > 0)) throw fail('bad-option', { where: { option: 'maxBytes' }, expected: 'a number above 0', actual: maxBytes });
  const items = await replayable(batches);
  const dims = await firstDims(slotsOf(model), items, labels);
  if (!dims) throw fail('empty-dataset', { where: { option: 'batches' } });
  const shapes = shapesFor(model, dims);
  const targets = targetsOf(model, values, shapes);
  const inRun = targets.filter(({ from }) => from === 'run');
  const outside = targets.filter(({ from }) => from !== 'run');
  const groups = groupsOf(inRun, shapes, maxBytes);
  let done = 0;
  const step = (item?: string): Promise<void> =>
    checkpoint({ signal, onProgress, onWarning }, { phase: 'observe', done: done++, unit: 'batches', ...(item !== undefined && { item }) });

  if (outside.length > 0) {
    const slots = slotsOf(model);
    let batch = 0;
    for await (const item of items as AsyncIterable<Feeds>) {
      await step();
      const feeds = bindFeeds(slots, item, { labels });
      for (const [at, target] of outside.entries())
        yield {
          batch,
          place: [-1, batch, at],
          value: target.name,
          tensor: target.from === 'feed' ? feeds[target.name]! : await loadedConstant(target, { signal }),
        };
      batch++;
    }
  }
  for (const [number, group] of groups.entries()) {
    const exposed = exposing(model, group);
    const session = await backend.createSession(exposed.model, settings);
    try {
      yield* observeGroup(session, number, group, exposed.outputs, items, labels, signal, step);
    } finally {
      await session.release();
    }
  }
}

async function* observeGroup(
  session: Session,
  number: number,
  group: readonly Target[],
  outputs: Exposed['outputs'],
  items: Batches,
  labels: readonly string[] | undefined,
  signal: AbortSignal | undefined,
  step: (item?: string) => Promise<void>,
): AsyncGenerator<Placed, void, undefined> {
  let batch = 0;
  for await (const item of items as AsyncIterable<Feeds>) {
    await step(group[0]?.name);
    const results: Record<string, Tensor | undefined> = await session.run(bindFeeds(session.inputs, item, { labels }), { signal });
    for (const [at, { name }] of group.entries()) {
      const { output, read } = outputs.get(name)!;
      const tensor = results[output];
      if (!tensor) throw fail('not-observable', { where: { value: name } }, session.notFetched[output]);
      // Let go of what was handed out: the consumer decides how long it lives.
      results[output] = undefined;
      for (const { tensor: one, iteration } of read(tensor))
        yield { batch, place: [number, batch, at, ...iteration], value: name, ...(iteration.length > 0 && { iteration }), tensor: one };
    }
    batch++;
  }
}
