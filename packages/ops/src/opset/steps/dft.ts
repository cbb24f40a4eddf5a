// DFT 20: the axis becomes an input, and its default another.
import { edit } from '@modeldiet/onnx-io';
import { intOf } from '../../attributes';
import { constantFor, int64, type OpsetStep, refuse, setInputsAt } from '../step';

export const dft: OpsetStep = {
  op: 'DFT',
  to: 20,
  step(node) {
    if (node.attributes.get('axis')?.kind === 'ref') throw refuse('its axis is given by the caller of the function');
    const axis = intOf(node, 'axis', 1);
    edit.setAttribute(node, 'axis', undefined);
    setInputsAt(node, { 2: constantFor(node, int64([axis], []), 'axis') });
    return 'axis as an input';
  },
};
