// GridSample 20: the modes are called linear and cubic.
import { attr, edit } from '@modeldiet/onnx-io';
import { stringOf } from '../../attributes';
import type { OpsetStep } from '../step';

const renamed: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

export const gridSample: OpsetStep = {
  op: 'GridSample',
  to: 20,
  step(node) {
    const mode = renamed[stringOf(node, 'mode', 'bilinear')];
    if (!mode) return undefined;
    edit.setAttribute(node, 'mode', attr.string(mode));
    return `mode ${mode}`;
  },
};
