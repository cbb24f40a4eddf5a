// Shapes that are computed when the model runs though they need not be.
//   Reshape: the target is said by numbers where all extents but one are known, or are the input's own: [batch, seq, 4, 24] from [batch, seq, 96] is [0, 0, 4, 24].
import { attr, type Dim, edit, freshName, type Node, numberParam, type Value } from '@modeldiet/onnx-io';
import { type Context, did, type Rule, skip } from '../rule';

const isKnown = (dim: Dim): boolean => typeof dim === 'number' || !dim.includes('?');

/** 0 copies the input's extent at the same place, -1 is what is left; undefined where that does not say it. */
export function targetOf(before: readonly Dim[], after: readonly Dim[]): readonly number[] | undefined {
  // An extent of 0 in a target means another thing.
  if (after.includes(0)) return undefined;
  const target: (number | undefined)[] = after.map((dim, i) => (typeof dim === 'number' ? dim : isKnown(dim) && dim === before[i] ? 0 : undefined));
  const open = target.filter((dim) => dim === undefined).length;
  if (open > 1) return undefined;
  return target.map((dim) => dim ?? -1);
}

function constantInput(node: Node, index: number, numbers: readonly number[], context: Context): void {
  const { graph } = node;
  const tensor = { type: 'int64', dims: [numbers.length], data: BigInt64Array.from(numbers, BigInt) } as const;
  const name = freshName(graph.model, `${node.outputs[0]?.name ?? node.opType}_shape`);
  if ('overload' in graph) {
    edit.setInput(node, index, edit.addNode(graph, { opType: 'Constant', inputs: [], outputs: [name], attributes: { value: attr.tensor(tensor) } }).outputs[0]);
    return;
  }
  context.allowInitializers();
  edit.setInput(node, index, edit.addInitializer(graph, name, tensor));
}

export const reshapeTarget: Rule = {
  name: 'reshape to computed extents',
  ops: ['Reshape'],
  apply(node, context) {
    const [input, target] = node.inputs;
    const [output] = node.outputs;
    if (!input || !output || !target || context.tensorOf(target)) return undefined;
    const [before, after] = [context.shapeOf(input), context.shapeOf(output)];
    if (!before || !after) return skip('unknown-shape', 'the shape it makes is not known');
    const numbers = targetOf(before, after);
    if (!numbers) return skip('unknown-shape', `[${after.join(', ')}] from [${before.join(', ')}] cannot be said by numbers`);
    constantInput(node, 1, numbers, context);
    // In the new target 0 copies.
    if (node.attributes.has('allowzero')) edit.setAttribute(node, 'allowzero', undefined);
    return did(`its target is [${numbers.join(', ')}]`);
  },
};

/** A value that is zero everywhere: a constant, or ConstantOfShape and what only rearranges it. */
export function isZero(value: Value, context: Context): boolean {
  const tensor = context.tensorOf(value);
  if (tensor)
    return tensor.type !== 'string' && tensor.data.length <= 1 << 20 && Array.prototype.every.call(tensor.data, (x: number | bigint) => Number(x) === 0);
  const node = value.producer;
  if (!node || node.graph !== value.graph) return false;
  if (node.opType === 'ConstantOfShape' && node.domain === '') {
    const held = node.attributes.get('value');
    return !held || (held.kind === 'tensor' && 'data' in held.value && held.value.type !== 'string' && Number(held.value.data[0]) === 0);
  }
  const rearranges =
    ['Identity', 'Slice', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Expand', 'Split', 'Gather', 'Cast'].includes(node.opType) && node.domain === '';
  return rearranges && node.inputs[0] !== undefined && isZero(node.inputs[0], context);
}

/** initial_h and initial_c of recurrent ops are zero when left out. */
export const zeroStates: Rule = {
  name: 'zero states',
  ops: ['LSTM', 'GRU', 'RNN'],
  apply(node, context) {
    let dropped = 0;
    for (const index of [5, 6]) {
      const state = node.inputs[index];
      if (!state || !isZero(state, context)) continue;
      edit.setInput(node, index, undefined);
      dropped++;
    }
    if (dropped === 0) return undefined;
    let length = node.inputs.length;
    while (length > 0 && !node.inputs[length - 1]) length--;
    edit.setInputs(node, node.inputs.slice(0, length));
    return did('its initial states are zero, as they are when left out');
  },
};

/** Concat of a value and zeros is a Pad: the zeros need not be stored or made. */
export const concatOfZeros: Rule = {
  name: 'concat of zeros',
  ops: ['Concat'],
  apply(node, context) {
    const [output] = node.outputs;
    const opset = node.graph.opsets.get('') ?? node.graph.opsets.get('ai.onnx') ?? 1;
    if (!output || node.inputs.length !== 2 || opset < 11) return undefined;
    const zeros = node.inputs.findIndex((value) => value && isZero(value, context));
    const [padding, kept] = [node.inputs[zeros], node.inputs[1 - zeros]];
    if (zeros < 0 || !padding || !kept || isZero(kept, context)) return undefined;
    const [shape, small] = [context.shapeOf(output), context.shapeOf(padding)];
    const dtype = context.dtypeOf(kept);
    if (!shape || !small || (dtype !== 'float32' && dtype !== 'float16' && dtype !== 'float64')) return skip('unknown-shape', 'the rank or type is not known');
    const given = Number(numberParam(node, 'axis') ?? 0);
    const axis = given < 0 ? given + shape.length : given;
    const extent = small[axis];
    if (typeof extent !== 'number') return skip('unknown-shape', 'how many zeros is not known');
    const pads = new Array<number>(2 * shape.length).fill(0);
    pads[zeros === 0 ? axis : shape.length + axis] = extent;
    const pad = edit.addNode(node.graph, { opType: 'Pad', inputs: [kept], outputs: [{ type: output.type }] });
    edit.setInputs(pad, [kept, undefined]);
    constantInput(pad, 1, pads, context);
    edit.replaceValue(output, pad.outputs[0]!);
    edit.removeNode(node);
    return did('is a Pad: what it joins are zeros');
  },
};
