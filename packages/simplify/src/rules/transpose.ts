// Transpose(x, 0 1 2 ..) = x; Transpose(Transpose(x, p), q) = Transpose(x, p[q]).
import { attr, edit, type Node, numbersParam, opKey } from '@modeldiet/onnx-io';
import { bypass, onlyReader, replaceResult } from '../edit';
import { type Context, did, type Rule, skip } from '../rule';

/** The permutation of a Transpose; left out it reverses the axes, which needs the rank. */
export function permOf(node: Node, { shapeOf }: Context): readonly number[] | undefined {
  const perm = numbersParam(node, 'perm');
  if (perm === 'dynamic') return undefined;
  if (perm) return perm;
  const rank = node.inputs[0] && shapeOf(node.inputs[0])?.length;
  return rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

const isIdentity = (perm: readonly number[]): boolean => perm.every((axis, i) => axis === i);

export const transposeNothing: Rule = {
  name: 'transpose of nothing',
  ops: ['Transpose'],
  apply(node, context) {
    const [input] = node.inputs;
    const perm = permOf(node, context);
    if (!input || !perm) return skip('unknown-shape', 'the rank is not known');
    return isIdentity(perm) ? bypass(node, input, 'removed: the axes stay where they are') : undefined;
  },
};

export const transposeOfTranspose: Rule = {
  name: 'transpose of a transpose',
  ops: ['Transpose'],
  apply(node, context) {
    const first = node.inputs[0]?.producer;
    const source = first && opKey(first) === 'Transpose' ? first.inputs[0] : undefined;
    if (!first || !source) return undefined;
    const [p, q] = [permOf(first, context), permOf(node, context)];
    if (!p || !q || p.length !== q.length) return skip('unknown-shape', 'the rank is not known');
    edit.setInput(node, 0, source);
    edit.setAttribute(node, 'perm', attr.ints(q.map((axis) => p[axis]!)));
    return did('joined with the transpose before it');
  },
};

/**
 * Reshape(Transpose(Reshape(x), 0 2 1)): axes in front joined into one, the last two swapped, and the axes in front parted again, is one transpose of x. Exporters write it to have products of rank 3.
 *   [a, b, c, d] -> [a*b, c, d] -> [a*b, d, c] -> [a, b, d, c]
 */
export const transposeBetweenReshapes: Rule = {
  name: 'transpose between reshapes',
  ops: ['Reshape'],
  apply(node, context) {
    const [output] = node.outputs;
    const turned = node.inputs[0]?.producer;
    if (!output || !turned || turned.graph !== node.graph || opKey(turned) !== 'Transpose' || onlyReader(node.inputs[0]!) !== node) return undefined;
    const joined = turned.inputs[0]?.producer;
    const [x] = joined?.inputs ?? [];
    if (!joined || !x || joined.graph !== node.graph || opKey(joined) !== 'Reshape' || permOf(turned, context)?.join() !== '0,2,1') return undefined;
    const [before, between, after] = [x, turned.inputs[0]!, output].map((value) => context.shapeOf(value));
    if (!before || !between || !after) return skip('unknown-shape', 'the shapes are not known');
    const rank = before.length;
    const swapped = [...before.slice(0, -2), before[rank - 1], before[rank - 2]];
    const same = (dims: readonly unknown[], others: readonly unknown[]): boolean =>
      dims.length === others.length && dims.every((dim, i) => dim === others[i] && dim !== '?');
    if (rank < 3 || !same(between.slice(1), before.slice(-2)) || !same(after, swapped)) return undefined;
    const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
    replaceResult(
      output,
      edit.addNode(node.graph, { opType: 'Transpose', inputs: [x], outputs: [{ type: output.type }], attributes: { perm: attr.ints(perm) } }),
    );
    return did('is a Transpose with the Reshape and Transpose before it');
  },
};
