// GroupNormalization 21: scale and bias hold one number a channel, before it one a group: each is repeated channels / groups times.
import { attr, edit, type Value } from '@modeldiet/onnx-io';
import { constantFor, int64, type OpsetStep, refuse, setInputsAt } from '../step';

export const groupNormalization: OpsetStep = {
  op: 'GroupNormalization',
  to: 21,
  step(node) {
    const { graph } = node;
    const [x, scale, bias] = node.inputs;
    const groups = node.attributes.get('num_groups');
    if (!x || !scale || !bias || groups?.kind !== 'int') throw refuse('it has no scale, bias or num_groups');
    const add = (opType: string, inputs: readonly Value[], axis?: number): Value =>
      edit.addNode(graph, { opType, inputs, ...(axis !== undefined && { attributes: { axis: attr.int(axis) } }) }).outputs[0]!;
    const channels = edit.addNode(graph, { opType: 'Shape', inputs: [x], attributes: { start: attr.int(1), end: attr.int(2) } }).outputs[0]!;
    const count = constantFor(node, int64([groups.value]), 'groups');
    const target = add('Concat', [count, add('Div', [channels, count])], 0);
    const column = constantFor(node, int64([-1, 1]), 'column');
    const repeated = (parameter: Value): Value => add('Reshape', [add('Expand', [add('Reshape', [parameter, column]), target]), channels]);
    setInputsAt(node, { 1: repeated(scale), 2: repeated(bias) });
    return 'scale and bias a channel';
  },
};
