// Axis equations against shapes that were measured: one letter, one extent, in every node of the fixtures and of the node cases.
import { allNodes, definedValues, functionKey, type Model, opKey, type Value } from '@modeldiet/onnx-io';
import { axesOf, inferShapes, table } from '@modeldiet/ops';
import { type Datum, interpret, kernels } from '@modeldiet/ops/reference';
import { expect, it } from 'vitest';
import { axesProblem } from './ops-axes';
import { datumFrom, nodeCases } from './ops-cases';

const isTensor = (datum: Datum | undefined): datum is Extract<Datum, { dims: readonly number[] }> =>
  datum !== undefined && datum !== null && 'dims' in (datum as object);

function problemsOf(model: Model, feeds: Readonly<Record<string, Datum>>, seen: Map<string, number>): string[] {
  const { graph } = model;
  const values = [...definedValues(graph)].filter((value) => value.producer || value.initializer);
  const results = interpret(graph, feeds, { fetches: values.map(({ name }) => name) });
  const dimsOf = (value: Value): readonly number[] | undefined => {
    const datum = results[value.name] ?? feeds[value.name];
    return isTensor(datum) ? datum.dims : undefined;
  };
  const shapes = inferShapes(model);
  const problems: string[] = [];
  for (const node of graph.nodes) {
    const equation = axesOf(node, shapes, table, opKey(node));
    if (!equation) continue;
    seen.set(opKey(node), (seen.get(opKey(node)) ?? 0) + 1);
    const problem = axesProblem(node, equation, dimsOf);
    if (problem)
      problems.push(
        `${opKey(node)}: ${problem} (${node.inputs.map((value) => (value ? `[${dimsOf(value)}]` : '-')).join(' ')} -> ${node.outputs.map((value) => (value ? `[${dimsOf(value)}]` : '-')).join(' ')})`,
      );
  }
  return problems;
}

it('every equation fits the extents of every node case', { timeout: 240_000 }, async () => {
  const problems: string[] = [];
  const seen = new Map<string, number>();
  for (const each of nodeCases()) {
    const model = await each.model();
    const runs = [...allNodes(model)].every(
      (node) => opKey(node) === 'Constant' || kernels[opKey(node)] || model.functions.has(functionKey(node.domain, node.opType, node.overload)),
    );
    const set = each.sets[0];
    if (!runs || !set) continue;
    const feeds: Record<string, Datum> = {};
    for (const [i, value] of model.graph.inputs.entries()) feeds[value.name] = set.inputs[i] ? await datumFrom(set.inputs[i], value.type) : null;
    problems.push(...problemsOf(model, feeds, seen).map((problem) => `${each.name}: ${problem}`));
  }
  expect(problems).toEqual([]);
  expect(seen.size).toBeGreaterThan(120);
});
