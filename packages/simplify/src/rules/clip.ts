// Clip without bounds; Relu(Relu(x)), Abs(Abs(x)), Ceil(Ceil(x)), ... = the first; Neg(Neg(x)) = Not(Not(x)) = x.
import { numberParam, opKey } from '@modeldiet/onnx-io';
import { bypass } from '../edit';
import type { Rule } from '../rule';

export const clipNothing: Rule = {
  name: 'clip of nothing',
  ops: ['Clip'],
  apply(node) {
    const [input, least, most] = node.inputs;
    if (!input || least || most || node.attributes.has('min') || node.attributes.has('max')) return undefined;
    // Before 11 the bounds left out are the greatest float32, which infinities pass.
    return numberParam(node, 'max') === undefined ? bypass(node, input, 'removed: it has no bounds') : undefined;
  },
};

export const twice: Rule = {
  name: 'twice the same',
  ops: ['Relu', 'Abs', 'Ceil', 'Floor', 'Round', 'Sign'],
  apply(node) {
    const input = node.inputs[0];
    return input?.producer && opKey(input.producer) === opKey(node) ? bypass(node, input, `removed: ${node.opType} of ${node.opType}`) : undefined;
  },
};

export const twiceNothing: Rule = {
  name: 'there and back',
  ops: ['Neg', 'Not'],
  apply(node) {
    const first = node.inputs[0]?.producer;
    const source = first && opKey(first) === opKey(node) ? first.inputs[0] : undefined;
    return source && bypass(node, source, `removed: ${node.opType} of ${node.opType} is nothing`);
  },
};
