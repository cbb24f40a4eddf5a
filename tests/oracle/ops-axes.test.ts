// Axis equations against shapes that were measured: one letter, one extent, in every node of the fixtures and of the node cases.
import { allNodes, definedValues, functionKey, type Model, type Node, opKey, type Value } from '@modeldiet/onnx-io';
import { type Axis, axesOf, inferShapes, table } from '@modeldiet/ops';
import { type Datum, interpret, kernels } from '@modeldiet/ops/reference';
import { expect, it } from 'vitest';
import { datumFrom, nodeCases } from './ops-cases';

type Extents = Map<string, number>;

/** Pairs the axes of one term with extents: '...' and '*' take what the others leave. */
function pair(term: readonly Axis[], dims: readonly number[], extents: Extents, sums: (() => string | undefined)[], outputs: boolean): string | undefined {
  const open = term.findIndex(({ kind }) => kind === 'leading' || kind === 'rest');
  if (term.length === 1 && term[0]!.kind === 'unknown') return undefined;
  if (open < 0 ? term.length !== dims.length : term.length - 1 > dims.length) return `${term.length} axes for [${dims}]`;
  const skipped = open < 0 ? 0 : dims.length - (term.length - 1);
  let at = 0;
  for (const [i, { kind, letters }] of term.entries()) {
    if (i === open) {
      at += skipped;
      continue;
    }
    const dim = dims[at++]!;
    if (kind === 'one' && dim !== 1) return `1 is ${dim}`;
    if (kind === 'letter') {
      const known = extents.get(letters[0]!);
      if (known === undefined || known === 1) extents.set(letters[0]!, dim);
      else if (dim !== known && (outputs || dim !== 1)) return `${letters[0]} is ${known} and ${dim}`;
    }
    if (kind === 'composed' || kind === 'concatenated')
      sums.push(() => {
        const parts = letters.map((letter) => extents.get(letter));
        if (parts.some((part) => part === undefined)) return undefined;
        const total = (parts as number[]).reduce((a, b) => (kind === 'composed' ? a * b : a + b));
        return total === dim ? undefined : `${letters.join(kind === 'composed' ? '*' : '+')} is ${total} and ${dim}`;
      });
  }
  return undefined;
}

function check(node: Node, equation: NonNullable<ReturnType<typeof axesOf>>, dimsOf: (value: Value) => readonly number[] | undefined): string | undefined {
  const extents: Extents = new Map();
  const sums: (() => string | undefined)[] = [];
  if (equation.inputs.length !== node.inputs.length) return `${equation.inputs.length} terms for ${node.inputs.length} inputs`;
  const sides = [
    [equation.inputs, node.inputs, false],
    [equation.outputs, node.outputs, true],
  ] as const;
  for (const [terms, values, outputs] of sides)
    for (const [i, value] of values.entries()) {
      const dims = value && dimsOf(value);
      const term = terms[i];
      if (!dims || !term) continue;
      const problem = pair(term, dims, extents, sums, outputs);
      if (problem) return problem;
    }
  for (const sum of sums) {
    const problem = sum();
    if (problem) return problem;
  }
  return undefined;
}

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
    const problem = check(node, equation, dimsOf);
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
