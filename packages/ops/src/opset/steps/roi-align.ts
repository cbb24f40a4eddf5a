// RoiAlign 16: the default moved to half pixels; before it sampling is output_half_pixel.
import { attr, edit } from '@modeldiet/onnx-io';
import type { OpsetStep } from '../step';

export const roiAlign: OpsetStep = {
  op: 'RoiAlign',
  to: 16,
  step(node) {
    edit.setAttribute(node, 'coordinate_transformation_mode', attr.string('output_half_pixel'));
    return 'output_half_pixel';
  },
};
