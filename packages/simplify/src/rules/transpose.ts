// Transpose(x, 0 1 2 ..) = x; Transpose(Transpose(x, p), q) = Transpose(x, p[q]).
import { attr, edit, type Node, numbersParam, opKey } from '@modeldiet/onnx-io';
import { bypass } from '../edit';
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
