// An If whose condition is known is the branch it takes.
import { edit, inlineBranch, type Node } from '@modeldiet/onnx-io';
import { did, type Rule, skip } from '../rule';

const holdsInitializers = (node: Node): boolean => {
  const attribute = [...node.attributes.values()].find(({ kind }) => kind === 'graph');
  return attribute?.kind === 'graph' && attribute.value.initializers.size > 0;
};

export const knownBranch: Rule = {
  name: 'known branch',
  ops: ['If'],
  apply(node, { tensorOf, allowInitializers, copied }) {
    const [condition] = node.inputs;
    const known = condition && tensorOf(condition);
    if (known?.type !== 'bool' || known.data.length !== 1) return undefined;
    const takesThen = known.data[0] !== 0;
    const branch = node.attributes.get(takesThen ? 'then_branch' : 'else_branch');
    if (branch?.kind !== 'graph') return undefined;
    if ('overload' in node.graph && holdsInitializers(node)) return skip('in-function', 'a function holds no initializers');
    // A branch that puts an outer value or a constant out needs an Identity where the If made a graph output: no node is saved, none added.
    if (node.outputs.some((value, i) => value && edit.outputCount(value) > 0 && !branch.value.outputs[i]?.producer))
      return skip('carries-output', 'the branch gives a graph output its name');
    allowInitializers();
    copied(inlineBranch(node, takesThen));
    return did(`is its ${takesThen ? 'then' : 'else'} branch`);
  },
};
