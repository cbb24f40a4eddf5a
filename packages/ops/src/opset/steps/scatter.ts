// Scatter 11: the same op under the name ScatterElements.
import { edit } from '@modeldiet/onnx-io';
import type { OpsetStep } from '../step';

export const scatter: OpsetStep = {
  op: 'Scatter',
  to: 11,
  step(node) {
    edit.setOpType(node, 'ScatterElements');
    return 'ScatterElements';
  },
};
