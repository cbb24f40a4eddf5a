// Dropout(x) = x unless it trains: training_mode (an input since 12), is_test (an attribute before 7).
import { numberParam } from '@modeldiet/onnx-io';
import { bypass } from '../edit';
import { type Rule, skip } from '../rule';

export const dropout: Rule = {
  name: 'dropout',
  ops: ['Dropout'],
  apply(node) {
    const [input] = node.inputs;
    if (!input) return undefined;
    const training = numberParam(node, 'training_mode');
    const test = numberParam(node, 'is_test');
    if (training === 'dynamic' || (training ?? 0) !== 0 || test === 0) return skip('training', 'the node drops values in training mode');
    return bypass(node, input, 'removed: dropout does nothing at inference');
  },
};
