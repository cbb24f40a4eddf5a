// Sequences and optionals.
import type { Tensor } from '@modeldiet/tensor';
import { intOf } from '../../attributes';
import { bools, int64s, integersOf } from '../array';
import { axisOf, badInput, type Datum, isTensor, type Kernel, optionalAt, sequenceAt, tensorAt } from '../kernel';
import { range } from '../layout';
import { stacked } from './control';
import { concatenated, sliced } from './move';

/** A position in a sequence, counted from the end where negative; `most` is the greatest allowed. */
function positionAt(
  node: Parameters<Kernel>[0],
  inputs: readonly (Datum | undefined)[],
  index: number,
  length: number,
  fallback: number,
  most: number,
): number {
  const given = optionalAt(node, inputs, index);
  const at = given ? integersOf(given)[0]! : fallback;
  const from = at < 0 ? at + length : at;
  if (from < 0 || from > most) badInput(node, index, 'the position is out of range', { expected: `-${length} to ${most}`, actual: at });
  return from;
}

const splitToSequence: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const split = optionalAt(node, inputs, 1);
  const axis = axisOf(node, intOf(node, 'axis', 0), x.dims.length);
  const total = x.dims[axis]!;
  if (!split) {
    const parts = range(total).map((i) => sliced(x, axis, i, 1));
    return [intOf(node, 'keepdims', 1) === 1 ? parts : parts.map((part) => ({ ...part, dims: part.dims.filter((_, i) => i !== axis) }))];
  }
  const chunk = integersOf(split);
  const lengths = split.dims.length === 0 ? range(Math.ceil(total / chunk[0]!)).map((i) => Math.min(chunk[0]!, total - i * chunk[0]!)) : chunk;
  let from = 0;
  return [
    lengths.map((length) => {
      from += length;
      return sliced(x, axis, from - length, length);
    }),
  ];
};

const concatFromSequence: Kernel = (node, inputs) => {
  const parts = sequenceAt(node, inputs, 0).map((part) => (isTensor(part) ? part : badInput(node, 0, 'the sequence holds no tensors')));
  if (parts.length === 0) badInput(node, 0, 'the sequence is empty');
  if (intOf(node, 'new_axis', 0) === 1) return [stacked(node, parts, intOf(node, 'axis', 0))];
  return [concatenated(parts as Tensor[], axisOf(node, intOf(node, 'axis', 0), parts[0]!.dims.length))];
};

export const kernels = {
  SequenceEmpty: () => [[]],
  SequenceConstruct: (_node, inputs) => [inputs as Datum[]],
  SequenceLength: (node, inputs) => [int64s([sequenceAt(node, inputs, 0).length], [])],
  SequenceAt: (node, inputs) => {
    const list = sequenceAt(node, inputs, 0);
    return [list[positionAt(node, inputs, 1, list.length, 0, list.length - 1)]];
  },
  SequenceInsert: (node, inputs) => {
    const list = sequenceAt(node, inputs, 0);
    const at = positionAt(node, inputs, 2, list.length, list.length, list.length);
    return [[...list.slice(0, at), tensorAt(node, inputs, 1), ...list.slice(at)]];
  },
  SequenceErase: (node, inputs) => {
    const list = sequenceAt(node, inputs, 0);
    const at = positionAt(node, inputs, 1, list.length, list.length - 1, list.length - 1);
    return [list.filter((_, i) => i !== at)];
  },
  SplitToSequence: splitToSequence,
  ConcatFromSequence: concatFromSequence,
  Optional: (_node, [x]) => [x ?? null],
  OptionalHasElement: (_node, [x]) => [bools([x !== undefined && x !== null], [])],
  OptionalGetElement: (node, [x]) => [x ?? badInput(node, 0, 'the optional is empty')],
} satisfies Record<string, Kernel>;
