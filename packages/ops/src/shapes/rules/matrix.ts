// Products: MatMul and its quantized kin, Gemm, Einsum; determinants.
import type { Dim } from '@modeldiet/onnx-io';
import type { DType } from '@modeldiet/tensor';
import { intOf, stringOf } from '../../attributes';
import { unknown } from '../../dims';
import type { ShapeRule } from '../../facts';
import { broadcast, broadcastDim, dtypeAt, type Shape, shapeAt, tensor } from '../rule';

/** numpy.matmul; undefined when a rank is unknown or 0. */
export function matMulShape(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (!a?.length || !b?.length) return undefined;
  const left = a.length === 1 ? [1, a[0]!] : a;
  const right = b.length === 1 ? [b[0]!, 1] : b;
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)])!;
  return [...batch, ...(a.length === 1 ? [] : [left[left.length - 2]!]), ...(b.length === 1 ? [] : [right[right.length - 1]!])];
}

/** A product of inputs `a` and `b`, of a fixed type, of the type of an input, or of input `a`. */
export const matMul =
  (a = 0, b = 1, dtype?: DType | number): ShapeRule =>
  (node, shapes) => {
    const type =
      dtype === undefined ? (dtypeAt(node, shapes, a) ?? dtypeAt(node, shapes, b)) : typeof dtype === 'number' ? dtypeAt(node, shapes, dtype) : dtype;
    return [tensor(type, matMulShape(shapeAt(node, shapes, a), shapeAt(node, shapes, b)))];
  };

export const gemm: ShapeRule = (node, shapes) => {
  const [a, b] = [shapeAt(node, shapes, 0), shapeAt(node, shapes, 1)];
  const m = a?.[intOf(node, 'transA', 0) ? 1 : 0] ?? unknown;
  const n = b?.[intOf(node, 'transB', 0) ? 0 : 1] ?? unknown;
  return [tensor(dtypeAt(node, shapes, 0) ?? dtypeAt(node, shapes, 1), [m, n])];
};

export interface EinsumTerms {
  readonly inputs: readonly string[];
  readonly output: string;
}
/** The terms of an equation, '...' kept as '.', the implicit output written out (letters that occur once, in alphabetical order). */
export function einsumTerms(equation: string): EinsumTerms {
  const [left, right] = equation.replaceAll(' ', '').replaceAll('...', '.').split('->');
  const inputs = left!.split(',');
  if (right !== undefined) return { inputs, output: right };
  const letters = [...inputs.join('')].filter((c) => c !== '.');
  const once = [...new Set(letters)].filter((c) => letters.indexOf(c) === letters.lastIndexOf(c)).sort();
  return { inputs, output: `${inputs.some((term) => term.includes('.')) ? '.' : ''}${once.join('')}` };
}

export const einsum: ShapeRule = (node, shapes) => {
  const { inputs, output } = einsumTerms(stringOf(node, 'equation', ''));
  const type = dtypeAt(node, shapes, 0);
  const dims = new Map<string, Dim>();
  let batch: Shape = [];
  for (const [i, term] of inputs.entries()) {
    const shape = shapeAt(node, shapes, i);
    if (!shape) {
      if (term.includes('.')) return [tensor(type, undefined)];
      continue;
    }
    const dots = term.indexOf('.');
    const extra = dots < 0 ? 0 : shape.length - (term.length - 1);
    let at = 0;
    for (const c of term) {
      if (c === '.') {
        batch = broadcast([batch, shape.slice(at, at + extra)])!;
        at += extra;
        continue;
      }
      const dim = shape[at++] ?? unknown;
      const before = dims.get(c);
      dims.set(c, before === undefined || before === unknown ? dim : broadcastDim(before, dim));
    }
  }
  return [
    tensor(
      type,
      [...output].flatMap((c) => (c === '.' ? batch : [dims.get(c) ?? unknown])),
    ),
  ];
};

export const det: ShapeRule = (node, shapes) => [tensor(dtypeAt(node, shapes, 0), shapeAt(node, shapes, 0)?.slice(0, -2))];
