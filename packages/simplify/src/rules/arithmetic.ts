// x + 0, x - 0, x * 1, x / 1, x ^ 1, x and true, x or false, x xor false = x, where the constant does not widen the shape of x.
import { type Node, opKey, type Value } from '@modeldiet/onnx-io';
import { isResident, toNumbers } from '@modeldiet/tensor';
import { bypass } from '../edit';
import { type Context, type Rule, skip } from '../rule';

const neutral: Readonly<Record<string, { readonly element: number; readonly commutes: boolean }>> = {
  Add: { element: 0, commutes: true },
  Sub: { element: 0, commutes: false },
  Mul: { element: 1, commutes: true },
  Div: { element: 1, commutes: false },
  Pow: { element: 1, commutes: false },
  And: { element: 1, commutes: true },
  Or: { element: 0, commutes: true },
  Xor: { element: 0, commutes: true },
};

/** Types whose data are the numbers themselves, not codes of them. */
const storesNumbers: ReadonlySet<string> = new Set(['float32', 'float64', 'int32', 'uint32', 'int16', 'uint16', 'int8', 'uint8']);

/** True when all of a constant's numbers are `element`. Large ones are not looked at: one that is neutral everywhere is a scalar in practice. */
function isAll(value: Value, element: number, { tensorOf }: Context): boolean {
  const tensor = tensorOf(value);
  if (!tensor || !isResident(tensor) || tensor.type === 'string' || tensor.type.startsWith('complex') || tensor.data.length === 0 || tensor.data.length > 4096)
    return false;
  // Most constants are told by their first number.
  if (typeof tensor.data[0] === 'number' && storesNumbers.has(tensor.type) && tensor.data[0] !== element) return false;
  return toNumbers(tensor).every((x) => x === element);
}

/** True when broadcasting `constant` against `x` gives the shape of `x`. */
function fits(x: Value, constant: Value, { shapeOf }: Context): boolean | undefined {
  const small = shapeOf(constant);
  if (small?.length === 0) return true;
  const shape = shapeOf(x);
  if (!small || !shape) return undefined;
  return small.length <= shape.length && small.every((dim, i) => dim === 1 || dim === shape[shape.length - small.length + i]);
}

function operands(node: Node): readonly (readonly [Value, Value])[] {
  const [a, b] = node.inputs;
  if (!a || !b) return [];
  return neutral[opKey(node)]!.commutes
    ? [
        [a, b],
        [b, a],
      ]
    : [[a, b]];
}

export const neutralElement: Rule = {
  name: 'neutral element',
  ops: ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor'],
  apply(node, context) {
    const { element } = neutral[opKey(node)]!;
    for (const [x, constant] of operands(node)) {
      if (!isAll(constant, element, context)) continue;
      const fitting = fits(x, constant, context);
      if (fitting === undefined) return skip('unknown-shape', 'the shape it is broadcast to is not known');
      if (fitting) return bypass(node, x, `removed: ${opKey(node)} with ${element} does nothing`);
    }
    return undefined;
  },
};
