// An axis equation against extents that were measured: one letter, one extent.
import type { Node, Value } from '@modeldiet/onnx-io';
import type { Axis, AxisEquation } from '@modeldiet/ops';

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

/** What is wrong with `equation` for the extents of the node's values; undefined when it fits. */
export function axesProblem(node: Node, equation: AxisEquation, dimsOf: (value: Value) => readonly number[] | undefined): string | undefined {
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
