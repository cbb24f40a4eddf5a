// Consecutive nodes of one kind: Unsqueeze of Unsqueeze, Squeeze of Squeeze, Concat of Concat, Pad of zeros before a convolution.
import { attr, edit, type Node, numberParam, numbersParam, opKey, stringParam, type Value } from '@modeldiet/onnx-io';
import { onlyReader } from '../edit';
import { type Context, did, type Outcome, type Rule, skip } from '../rule';
import { addConstant } from './constant';

/** The axes of a Squeeze or Unsqueeze, none negative; undefined where they are not known. */
function axesOf(node: Node, rank: number | undefined): readonly number[] | undefined {
  const axes = numbersParam(node, 'axes');
  if (!Array.isArray(axes)) return undefined;
  if (axes.every((axis) => axis >= 0)) return axes;
  return rank === undefined ? undefined : axes.map((axis) => (axis < 0 ? axis + rank : axis));
}

function setAxes(node: Node, axes: readonly number[], context: Context): void {
  if (node.attributes.has('axes')) {
    edit.setAttribute(node, 'axes', attr.ints(axes));
    return;
  }
  const tensor = { type: 'int64', dims: [axes.length], data: BigInt64Array.from(axes, BigInt) } as const;
  edit.setInput(node, 1, addConstant(node.graph, `${node.outputs[0]?.name ?? node.opType}_axes`, tensor, context));
}

/** The same where nothing else reads it. */
const before = (node: Node, op: string): Node | undefined => {
  const first = node.inputs[0]?.producer;
  return first && first.graph === node.graph && opKey(first) === op && onlyReader(node.inputs[0]!) === node ? first : undefined;
};

/** The node in front, of the same graph; others may read it too: reading past it costs nothing. */
const inFront = (node: Node, op: string): Node | undefined => {
  const first = node.inputs[0]?.producer;
  return first && first.graph === node.graph && opKey(first) === op ? first : undefined;
};

export const unsqueezeOfUnsqueeze: Rule = {
  name: 'unsqueeze of an unsqueeze',
  ops: ['Unsqueeze'],
  apply(node, context) {
    const first = inFront(node, 'Unsqueeze');
    const [source] = first?.inputs ?? [];
    if (!first || !source) return undefined;
    const rank = (value: Value | undefined): number | undefined => value && context.shapeOf(value)?.length;
    const [inner, outer] = [axesOf(first, rank(first.outputs[0])), axesOf(node, rank(node.outputs[0]))];
    if (!inner || !outer) return skip('dynamic-parameter', 'its axes are not known');
    // The axes of the first, in the numbering of the result: each moves behind the new axes that come before it.
    const result = [...outer].sort((a, b) => a - b);
    for (const axis of [...inner].sort((a, b) => a - b)) {
      let at = axis;
      for (const added of [...outer].sort((a, b) => a - b)) if (added <= at) at++;
      result.push(at);
    }
    edit.setInput(node, 0, source);
    setAxes(
      node,
      [...result].sort((a, b) => a - b),
      context,
    );
    return did('joined with the unsqueeze before it');
  },
};

export const squeezeOfSqueeze: Rule = {
  name: 'squeeze of a squeeze',
  ops: ['Squeeze'],
  apply(node, context) {
    const first = inFront(node, 'Squeeze');
    const [source] = first?.inputs ?? [];
    if (!first || !source) return undefined;
    const rank = context.shapeOf(source)?.length;
    const inner = axesOf(first, rank);
    const outer = axesOf(node, inner && rank !== undefined ? rank - inner.length : undefined);
    if (!inner || !outer || rank === undefined) return skip('dynamic-parameter', 'its axes are not known');
    const left = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !inner.includes(axis));
    edit.setInput(node, 0, source);
    setAxes(
      node,
      [...inner, ...outer.map((axis) => left[axis]!)].sort((a, b) => a - b),
      context,
    );
    return did('joined with the squeeze before it');
  },
};

export const concatOfConcat: Rule = {
  name: 'concat of a concat',
  ops: ['Concat'],
  apply(node, { shapeOf }): Outcome {
    const rank = node.outputs[0] && shapeOf(node.outputs[0])?.length;
    const axisOf = (n: Node): number | undefined => {
      const axis = Number(numberParam(n, 'axis') ?? 1);
      return axis >= 0 ? axis : rank === undefined ? undefined : axis + rank;
    };
    const axis = axisOf(node);
    const at = node.inputs.findIndex((value) => {
      const first = value?.producer;
      return first && first.graph === node.graph && opKey(first) === 'Concat' && onlyReader(value) === node && axis !== undefined && axisOf(first) === axis;
    });
    if (at < 0) return undefined;
    edit.setInputs(node, [...node.inputs.slice(0, at), ...node.inputs[at]!.producer!.inputs, ...node.inputs.slice(at + 1)]);
    return did('joined with the concat before it');
  },
};

/** Pad with zeros on spatial axes only, before a Conv with pads of its own numbers. */
export const padIntoConv: Rule = {
  name: 'pad into convolution',
  ops: ['Conv'],
  apply(node, { tensorOf }) {
    const pad = before(node, 'Pad');
    const [source] = pad?.inputs ?? [];
    if (!pad || !source) return undefined;
    const pads = numbersParam(pad, 'pads');
    const value = pad.inputs[2] ? tensorOf(pad.inputs[2]) : undefined;
    const filled = pad.inputs[2] ? value && Number(value.data[0]) : Number(numberParam(pad, 'value') ?? 0);
    if ((stringParam(pad, 'mode') ?? 'constant') !== 'constant' || filled !== 0) return skip('not-representable', 'the pad is not of zeros');
    if (!Array.isArray(pads) || pad.inputs[3]) return skip('dynamic-parameter', 'what is padded is not known');
    if ((stringParam(node, 'auto_pad') ?? 'NOTSET') !== 'NOTSET') return skip('not-representable', 'the convolution pads by itself (auto_pad)');
    const rank = pads.length / 2;
    const [begins, ends] = [pads.slice(0, rank), pads.slice(rank)];
    if ([begins[0], begins[1], ends[0], ends[1]].some((n) => n !== 0) || pads.some((n) => n < 0))
      return skip('not-representable', 'the pad is not of spatial axes alone');
    const own = numbersParam(node, 'pads') ?? pads.slice(4).map(() => 0);
    if (!Array.isArray(own) || own.length !== 2 * (rank - 2)) return skip('dynamic-parameter', 'the pads of the convolution are not known');
    const added = [...begins.slice(2), ...ends.slice(2)];
    edit.setInput(node, 0, source);
    edit.setAttribute(node, 'pads', attr.ints(own.map((n, i) => n + added[i]!)));
    return did('pads by itself what the Pad before it padded');
  },
};
