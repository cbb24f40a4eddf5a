// Reshape, Flatten, Squeeze, Unsqueeze, Expand, Tile, Slice, Pad that leave the shape as it is; Reshape of a Reshape.
import { type Dim, edit, type Node, numberParam, numbersParam, opKey, type Value } from '@modeldiet/onnx-io';
import { bypass } from '../edit';
import { type Context, did, type Outcome, type Rule, skip } from '../rule';

const sameShape = (a: readonly Dim[], b: readonly Dim[]): boolean => a.length === b.length && a.every((dim, i) => dim === b[i] && dim !== '?');

/** These only arrange elements in row-major order: with the shape of its input, the output is the input. */
const keepsOrder = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand'];

/** What comes before `value` through nodes that only arrange, nearest first. */
function* before(value: Value): Generator<Value> {
  for (let v: Value | undefined = value, hops = 0; v && hops < 16; hops++) {
    yield v;
    v = v.producer && keepsOrder.includes(opKey(v.producer)) && opKey(v.producer) !== 'Expand' ? v.producer.inputs[0] : undefined;
  }
}

export const reshapeNothing: Rule = {
  name: 'reshape of nothing',
  ops: keepsOrder,
  apply(node, { shapeOf }) {
    const [input] = node.inputs;
    const [output] = node.outputs;
    if (!input || !output) return undefined;
    const after = shapeOf(output);
    if (!after || !shapeOf(input)) return skip('unknown-shape', 'the shape is not known');
    for (const source of opKey(node) === 'Expand' ? [input] : before(input)) {
      const shape = shapeOf(source);
      if (shape && sameShape(shape, after)) return bypass(node, source, `removed: the shape is [${after.join(', ')}] already`);
    }
    return undefined;
  },
};

/** The target of the second alone decides, unless it copies extents (0) of what the first made. */
function ownShape(node: Node, { tensorOf }: Context): boolean {
  const target = node.inputs[1] && tensorOf(node.inputs[1]);
  return target?.type === 'int64' && (numberParam(node, 'allowzero') === 1 || !target.data.includes(0n));
}

export const reshapeOfReshape: Rule = {
  name: 'reshape of a reshape',
  ops: ['Reshape'],
  apply(node, context) {
    const first = node.inputs[0]?.producer;
    const source = first && keepsOrder.includes(opKey(first)) && opKey(first) !== 'Expand' ? first.inputs[0] : undefined;
    if (!source) return undefined;
    if (!ownShape(node, context)) return skip('dynamic-parameter', 'its target copies extents of the reshape before it, or is not constant');
    edit.setInput(node, 0, source);
    return did('reads what the reshape before it read');
  },
};

const all = (numbers: readonly number[] | 'dynamic' | undefined, x: number): boolean => Array.isArray(numbers) && numbers.every((n) => n === x);

export const tileOnce: Rule = {
  name: 'tile once',
  ops: ['Tile'],
  apply: (node) => (node.inputs[0] && all(numbersParam(node, 'repeats'), 1) ? bypass(node, node.inputs[0], 'removed: it repeats once') : undefined),
};

export const padNothing: Rule = {
  name: 'pad of nothing',
  ops: ['Pad'],
  apply: (node) => (node.inputs[0] && all(numbersParam(node, 'pads'), 0) ? bypass(node, node.inputs[0], 'removed: it pads nothing') : undefined),
};

/** Slice from 0 by 1 to an end at or behind the extent, on every axis. */
export const sliceAll: Rule = {
  name: 'slice of everything',
  ops: ['Slice'],
  apply(node, context): Outcome {
    const [input] = node.inputs;
    if (!input) return undefined;
    const [starts, ends, steps] = [numbersParam(node, 'starts'), numbersParam(node, 'ends'), numbersParam(node, 'steps') ?? []];
    if (!Array.isArray(starts) || !Array.isArray(ends) || steps === 'dynamic' || !all(starts, 0) || !all(steps, 1)) return undefined;
    const axes = numbersParam(node, 'axes') ?? starts.map((_, i) => i);
    if (axes === 'dynamic') return undefined;
    const shape = context.shapeOf(input);
    const covers = (end: number, axis: number): boolean => {
      if (end >= 2 ** 31 - 1) return true;
      const extent = shape?.at(axis);
      return typeof extent === 'number' && end >= extent;
    };
    return ends.every((end, i) => covers(end, axes[i]!)) ? bypass(node, input, 'removed: it takes everything') : undefined;
  },
};

/** Concat, Sum, Mean, Max, Min of one value. */
export const ofOne: Rule = {
  name: 'of one value',
  ops: ['Concat', 'Sum', 'Mean', 'Max', 'Min'],
  apply(node) {
    const inputs = node.inputs.filter((value): value is Value => value !== undefined);
    return inputs.length === 1 ? bypass(node, inputs[0]!, 'removed: it has one input') : undefined;
  },
};
