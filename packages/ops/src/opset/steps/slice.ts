// Slice 10: starts, ends and axes become inputs.
import { intsToInput, type OpsetStep, setInputsAt } from '../step';

export const slice: OpsetStep = {
  op: 'Slice',
  to: 10,
  step(node) {
    setInputsAt(node, { 1: intsToInput(node, 'starts'), 2: intsToInput(node, 'ends'), 3: intsToInput(node, 'axes') });
    return 'starts, ends and axes as inputs';
  },
};
