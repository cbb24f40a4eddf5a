// Clip 11: min and max become inputs of the element type.
import { dtypeOfInput, floatToInput, type OpsetStep, setInputsAt } from '../step';

export const clip: OpsetStep = {
  op: 'Clip',
  to: 11,
  step(node, context) {
    const dtype = dtypeOfInput(node, context);
    const [min, max] = [floatToInput(node, 'min', dtype), floatToInput(node, 'max', dtype)];
    if (!min && !max) return undefined;
    setInputsAt(node, { 1: min, 2: max });
    return 'min and max as inputs';
  },
};
