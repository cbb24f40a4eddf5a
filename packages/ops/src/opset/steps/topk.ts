// TopK 10: k becomes an input.
import { intsToInput, type OpsetStep, setInputsAt } from '../step';

export const topK: OpsetStep = {
  op: 'TopK',
  to: 10,
  step(node) {
    setInputsAt(node, { 1: intsToInput(node, 'k') });
    return 'k as an input';
  },
};
