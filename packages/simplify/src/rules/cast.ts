// Cast(x) = x where x has the type already; Cast(Cast(x)) = Cast(x) where the first one loses nothing.
import { edit, type Node, opKey } from '@modeldiet/onnx-io';
import type { DType } from '@modeldiet/tensor';
import { bypass } from '../edit';
import { did, type Rule, skip } from '../rule';

export const castToSameType: Rule = {
  name: 'cast to the same type',
  ops: ['Cast', 'CastLike'],
  apply(node, { dtypeOf }) {
    const [input] = node.inputs;
    const [output] = node.outputs;
    if (!input || !output) return undefined;
    const [from, to] = [dtypeOf(input), dtypeOf(output)];
    if (!from || !to) return skip('unknown-type', 'the type of the input is not known');
    return from === to ? bypass(node, input, `removed: it is ${to} already`) : undefined;
  },
};

/** Significand bits and greatest exponent of floats; integers by their bits. */
const floats: Partial<Record<DType, readonly [precision: number, exponent: number]>> = {
  float16: [11, 15],
  bfloat16: [8, 127],
  float32: [24, 127],
  float64: [53, 1023],
};
const integers: Partial<Record<DType, readonly [least: number, greatest: number]>> = {
  bool: [0, 1],
  int8: [-7, 7],
  uint8: [0, 8],
  int16: [-15, 15],
  uint16: [0, 16],
  int32: [-31, 31],
  uint32: [0, 32],
  int64: [-63, 63],
  uint64: [0, 64],
};

/** True when every value of `from` is one of `to`. */
export function widens(from: DType, to: DType): boolean {
  const [a, b] = [floats[from], floats[to]];
  if (a && b) return a[0] <= b[0] && a[1] <= b[1];
  const [i, j] = [integers[from], integers[to]];
  if (i && j) return j[0] <= i[0] && i[1] <= j[1];
  return Boolean(i && b && Math.max(-i[0], i[1]) <= b[0]);
}

const isCast = (node: Node | undefined): node is Node => node !== undefined && opKey(node) === 'Cast';

export const castOfCast: Rule = {
  name: 'cast of a cast',
  ops: ['Cast'],
  apply(node, { dtypeOf }) {
    const first = node.inputs[0]?.producer;
    const source = isCast(first) ? first.inputs[0] : undefined;
    if (!source || !first) return undefined;
    const [from, through] = [dtypeOf(source), dtypeOf(node.inputs[0]!)];
    if (!from || !through) return skip('unknown-type', 'the type of the first cast is not known');
    if (!widens(from, through)) return undefined;
    edit.setInput(node, 0, source);
    return did('reads what the cast before it read');
  },
};
