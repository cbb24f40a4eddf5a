// Constant nodes become initializers: what quantizers, pruners and readers of weights look for.
import { allGraphs, constantOfNode, edit, opKey, type Pass } from '@modeldiet/onnx-io';
import { checkpoint } from '@modeldiet/tensor';
import { ir4Warning, toIr4 } from './ir4';

/**
 * Every Constant node, of the main graph and of subgraphs, becomes an initializer of the same name: tensors, numbers, lists, strings. Not those of functions (which hold no initializers), sparse ones,
 * and ones that are a graph output. A model before IR 4 is raised to it first.
 */
export const constantsToInitializers: Pass = async (draft, work) => {
  let changes = 0;
  for (const graph of [...allGraphs(draft.model)]) {
    await checkpoint(work, { phase: 'constants', done: changes, unit: 'nodes' });
    for (const node of [...graph.nodes]) {
      if (opKey(node) !== 'Constant' || !draft.selects(node)) continue;
      const [output] = node.outputs;
      const constant = constantOfNode(node);
      const skip = (code: string, reason: string) => draft.skip(node, `simplify/${code}`, reason);
      if ('overload' in graph) skip('in-function', 'a function holds no initializers');
      else if (!output || !constant) skip('not-constant', 'the node has no value that is known now');
      else if (constant.type === 'sparse') skip('not-representable', 'a sparse constant stays a node');
      else if (edit.outputCount(output) > 0) skip('is-output', 'the constant is an output of its graph');
      else {
        const fixed = toIr4(draft.model);
        if (fixed > 0) draft.warn(ir4Warning(fixed));
        edit.constantToInitializer(node);
        draft.change(node, 'is an initializer');
        changes++;
      }
    }
  }
  return changes;
};
