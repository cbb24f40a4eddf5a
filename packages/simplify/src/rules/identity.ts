// Identity(x) = x. One that gives a graph output a name of its own stays.
import { bypass } from '../edit';
import type { Rule } from '../rule';

export const identity: Rule = {
  name: 'identity',
  ops: ['Identity'],
  apply: (node) => node.inputs[0] && bypass(node, node.inputs[0], 'removed: identity'),
};
