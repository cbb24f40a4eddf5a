// modeldiet simplify: the same function in fewer nodes.
import { simplify as simplifyModel } from '@modeldiet/simplify';
import { type RemakeOptions, remake, selectionOf, withRemake } from '../run/remake';
import type { Verb } from '../verb';
import { integer } from '../words/options';

interface SimplifyOptions extends RemakeOptions {
  readonly opset?: number;
}

export const simplify: Verb = {
  name: 'simplify',
  summary: 'the same function in fewer nodes: constants, dead code and identities cleaned up',
  examples: [{ call: 'simplify model.onnx clean.onnx', says: 'tried and compared with the original before it is put in place' }],
  define: (command) =>
    void withRemake(command).option(
      '--opset <n>',
      'raise the model to this opset first: Gelu is one op from 20 on, Attention from 23 on',
      integer('--opset', { min: 7, max: 1e3 }),
    ),
  run: (context, command) => {
    const options = command.opts<SimplifyOptions>();
    return remake(context, command.args, options, (model, { work }) =>
      simplifyModel(model, { ...selectionOf(options), ...work, ...(options.opset !== undefined && { opset: options.opset }) }),
    );
  },
};
