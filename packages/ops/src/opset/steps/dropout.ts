// Dropout 10: the mask is bool. Dropout 12: the ratio becomes an input; without a training input both run as in inference.
import { attr, edit } from '@modeldiet/onnx-io';
import { dataTypeOf } from '../../dtypes';
import { dtypeOfInput, floatToInput, type OpsetStep, refuse, setInputsAt } from '../step';

export const dropout: readonly OpsetStep[] = [
  {
    op: 'Dropout',
    to: 10,
    step(node, context) {
      const mask = node.outputs[1];
      if (!mask || (mask.uses.size === 0 && edit.outputCount(mask) === 0)) return undefined;
      const dtype = dtypeOfInput(node, context);
      if (!dtype) throw refuse('its mask is read, and the element type is unknown');
      const cast = edit.insertAfter(mask, { opType: 'Cast', attributes: { to: attr.int(dataTypeOf(dtype)) } });
      edit.setType(cast.inputs[0]!, undefined);
      return 'the mask, now bool, cast to its old type';
    },
  },
  {
    op: 'Dropout',
    to: 12,
    step(node, context) {
      const ratio = floatToInput(node, 'ratio', dtypeOfInput(node, context));
      if (!ratio) return undefined;
      setInputsAt(node, { 1: ratio });
      return 'ratio as an input';
    },
  },
];
