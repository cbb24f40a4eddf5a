// Squeeze, Unsqueeze, ReduceSum 13 and Reduce* 18: the axes become an input. An empty list means all axes, as no list does.
import { edit } from '@modeldiet/onnx-io';
import { intsToInput, type OpsetStep, setInputsAt } from '../step';

const row = (op: string, to: number): OpsetStep => ({
  op,
  to,
  step(node) {
    const attribute = node.attributes.get('axes');
    if (attribute?.kind === 'ints' && attribute.value.length === 0 && op.startsWith('Reduce')) edit.setAttribute(node, 'axes', undefined);
    const axes = intsToInput(node, 'axes');
    if (!axes) return undefined;
    setInputsAt(node, { 1: axes });
    return 'axes as an input';
  },
});

const reductions = ['ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSumSquare'];

export const axesInput: readonly OpsetStep[] = [row('Squeeze', 13), row('Unsqueeze', 13), row('ReduceSum', 13), ...reductions.map((op) => row(op, 18))];
