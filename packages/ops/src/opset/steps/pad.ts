// Pad 11: pads and value become inputs.
import { dtypeOfInput, floatToInput, intsToInput, type OpsetStep, setInputsAt } from '../step';

export const pad: OpsetStep = {
  op: 'Pad',
  to: 11,
  step(node, context) {
    setInputsAt(node, { 1: intsToInput(node, 'pads'), 2: floatToInput(node, 'value', dtypeOfInput(node, context)) });
    return 'pads and value as inputs';
  },
};
