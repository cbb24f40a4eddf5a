// BatchNormalization 9: always per channel. 14: training is asked for by an attribute, and has other outputs.
import { edit } from '@modeldiet/onnx-io';
import { intOf } from '../../attributes';
import { type OpsetStep, refuse } from '../step';

export const batchNormalization: readonly OpsetStep[] = [
  {
    op: 'BatchNormalization',
    to: 9,
    step(node) {
      const spatial = node.attributes.get('spatial');
      if (!spatial) return undefined;
      if (intOf(node, 'spatial') !== 1) throw refuse('spatial = 0 (statistics for every position) is gone');
      edit.setAttribute(node, 'spatial', undefined);
      return 'without spatial';
    },
  },
  {
    op: 'BatchNormalization',
    to: 14,
    step(node) {
      const extra = node.outputs.slice(1).filter((value) => value !== undefined);
      if (extra.some((value) => value.uses.size > 0 || edit.outputCount(value) > 0)) throw refuse('its training outputs are read, and they are others now');
      if (node.outputs.length === 1) return undefined;
      for (let index = node.outputs.length - 1; index > 0; index--) edit.removeNodeOutput(node, index);
      return 'without its unread training outputs';
    },
  },
];
