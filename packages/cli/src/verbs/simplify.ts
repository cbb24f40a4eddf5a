// modeldiet simplify: the same function in fewer nodes.
import { simplify as simplifyModel } from '@modeldiet/simplify';
import { type RemakeOptions, remake, selectionOf, withRemake } from '../run/remake';
import type { Verb } from '../verb';

export const simplify: Verb = {
  name: 'simplify',
  summary: 'the same function in fewer nodes: constants, dead code and identities cleaned up',
  examples: [{ call: 'simplify model.onnx clean.onnx', says: 'tried and compared with the original before it is put in place' }],
  define: (command) => void withRemake(command),
  run: (context, command) => {
    const options = command.opts<RemakeOptions>();
    return remake(context, command.args, options, (model, { work }) => simplifyModel(model, { ...selectionOf(options), ...work }));
  },
};
