// inferShapes against shapes that were measured: models run in ONNX Runtime with every value an output, node cases in the reference interpreter.
import { allNodes, definedValues, functionKey, type Model, opKey, type Value, type ValueType } from '@modeldiet/onnx-io';
import { annotate, bindDim, inferShapes, type Shapes } from '@modeldiet/ops';
import { type Datum, interpret, kernels } from '@modeldiet/ops/reference';
import type { Tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { datumFrom, nodeCases } from './ops-cases';
import { exposeAll, feedsFor, runInOrt, testModels } from './ops-models';

interface Measured {
  readonly dtype: string;
  readonly dims: readonly number[];
}

/** What is wrong about an inferred type: every number must be right, and every expression once its symbols are bound. */
function wrong(name: string, type: ValueType | undefined, { dtype, dims }: Measured, bound: Readonly<Record<string, number>>): string | undefined {
  if (type?.kind !== 'tensor') return type && `${name}: a ${type.kind}, and it is a tensor`;
  if (type.dtype && type.dtype !== dtype) return `${name}: ${type.dtype}, and it is ${dtype}`;
  if (!type.shape) return undefined;
  if (type.shape.length !== dims.length) return `${name}: rank ${type.shape.length}, and it is [${dims}]`;
  for (const [i, dim] of type.shape.entries()) {
    const known = bindDim(dim, bound);
    if (typeof known === 'number' && known !== dims[i]) return `${name}: [${type.shape}], and it is [${dims}]`;
  }
  return undefined;
}
const ranked = (type: ValueType | undefined): boolean =>
  type !== undefined && (type.kind !== 'tensor' || (type.shape !== undefined && type.dtype !== undefined));

describe('models with every value an output', () => {
  it.each(testModels.map(({ name, ...rest }) => [name, rest] as const))('%s', async (_, { load, dims }) => {
    const model = await load();
    const bound = dims(model);
    const open = inferShapes(model);
    const closed = inferShapes(model, { dims: bound });
    expect(open.unresolved).toEqual([]);
    const typed = annotate(model, open);
    const isTensor = (value: Value): boolean => value.type?.kind === 'tensor';
    exposeAll(typed, isTensor);
    const seen = await runInOrt(
      typed,
      feedsFor(model, bound),
      typed.graph.outputs.filter(isTensor).map(({ name }) => name),
    );
    const problems: (string | undefined)[] = [];
    let [values, fixed] = [0, 0];
    for (const value of definedValues(model.graph)) {
      const measured = seen[value.name];
      if (!measured || !value.producer) continue;
      values++;
      problems.push(wrong(value.name, open.of(value), measured, bound), wrong(`${value.name} (bound)`, closed.of(value), measured, {}));
      const type = closed.of(value);
      if (type?.kind === 'tensor' && type.shape?.every((dim) => typeof dim === 'number')) fixed++;
      const constant = closed.constant(value);
      if (constant) problems.push(sameData(value.name, constant, seen[value.name]!.data));
    }
    expect(problems.filter(Boolean)).toEqual([]);
    expect(values).toBeGreaterThan(1);
    // With the inputs' extents given, every extent is known but those of data-dependent ops.
    expect(fixed).toBe(values);
  });
});

/** A value that inference calls constant must be what the run gave. */
function sameData(name: string, { data, dims }: Tensor, seen: ArrayLike<unknown>): string | undefined {
  for (let i = 0; i < data.length; i++) {
    const [a, b] = [Number(data[i]), Number(seen[i])];
    if (a !== b && !(Math.abs(a - b) <= 1e-6 * Math.abs(b))) return `${name} [${dims}] at ${i}: constant ${a}, and it is ${b}`;
  }
  return undefined;
}

/** Every value of the main graph as the interpreter computes it. */
function measure(model: Model, feeds: Readonly<Record<string, Datum>>): Map<Value, Datum> {
  const values = [...definedValues(model.graph)].filter(({ producer }) => producer);
  const results = interpret(model.graph, feeds, { fetches: values.map(({ name }) => name) });
  return new Map(values.map((value) => [value, results[value.name]!]));
}
const isTensorDatum = (datum: Datum): datum is Tensor => datum !== null && 'dims' in (datum as object);

/** Symbols of the inputs as the feeds have them. */
function boundBy(model: Model, feeds: Readonly<Record<string, Datum>>): Record<string, number> {
  const bound: Record<string, number> = {};
  for (const { name, type } of model.graph.inputs) {
    const datum = feeds[name];
    if (type?.kind === 'tensor' && datum && isTensorDatum(datum))
      for (const [i, dim] of (type.shape ?? []).entries()) if (typeof dim === 'string') bound[dim] = datum.dims[i]!;
  }
  return bound;
}

it('node cases: nothing wrong, and every rank that the spec allows to know', { timeout: 240_000 }, async () => {
  const problems: string[] = [];
  const unranked = new Map<string, string[]>();
  let [checked, known] = [0, 0];
  for (const each of nodeCases()) {
    const model = await each.model();
    const runs = [...allNodes(model)].every(
      (node) => opKey(node) === 'Constant' || kernels[opKey(node)] || model.functions.has(functionKey(node.domain, node.opType, node.overload)),
    );
    const set = each.sets[0];
    if (!runs || !set) continue;
    const feeds: Record<string, Datum> = {};
    for (const [i, value] of model.graph.inputs.entries()) feeds[value.name] = set.inputs[i] ? await datumFrom(set.inputs[i], value.type) : null;
    const bound = boundBy(model, feeds);
    const shapes: Shapes = inferShapes(model);
    for (const [value, datum] of measure(model, feeds)) {
      if (!isTensorDatum(datum)) continue;
      checked++;
      const type = shapes.of(value);
      if (ranked(type)) known++;
      else unranked.set(opKey(value.producer!), [...(unranked.get(opKey(value.producer!)) ?? []), each.name]);
      const problem = wrong(value.name, type, { dtype: datum.type, dims: datum.dims }, bound);
      if (problem) problems.push(`${each.name}: ${problem}`);
      const constant = shapes.constant(value);
      const differs = constant && sameData(value.name, constant, datum.data);
      if (differs) problems.push(`${each.name}: ${differs}`);
    }
  }
  expect(problems).toEqual([]);
  expect(checked).toBeGreaterThan(10_000);
  // What is left: branches of one If that differ in rank, the condition being fed.
  expect([...unranked.values()].flat().filter((name) => !name.startsWith('test_affine_grid'))).toEqual([]);
  expect(known / checked).toBeGreaterThan(0.999);
});
