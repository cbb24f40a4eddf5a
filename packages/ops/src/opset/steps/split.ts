// Split 13: the lengths become an input. Split 18: equal parts are asked for by their number.
import { attr, edit } from '@modeldiet/onnx-io';
import { intsToInput, type OpsetStep, setInputsAt } from '../step';

export const split: readonly OpsetStep[] = [
  {
    op: 'Split',
    to: 13,
    step(node) {
      const lengths = intsToInput(node, 'split');
      if (!lengths) return undefined;
      setInputsAt(node, { 1: lengths });
      return 'split as an input';
    },
  },
  {
    op: 'Split',
    to: 18,
    step(node) {
      if (node.inputs[1]) return undefined;
      edit.setAttribute(node, 'num_outputs', attr.int(node.outputs.length));
      return 'num_outputs';
    },
  },
];
