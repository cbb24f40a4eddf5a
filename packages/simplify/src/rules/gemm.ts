// MatMul of two matrices and Add of a constant vector is a Gemm.
import { constantOf, edit, opKey } from '@modeldiet/onnx-io';
import { onlyReader } from '../edit';
import { did, type Rule } from '../rule';

export const gemm: Rule = {
  name: 'gemm',
  ops: ['Add'],
  apply(node, context) {
    const [output] = node.outputs;
    for (const [y, bias] of [
      [node.inputs[0], node.inputs[1]],
      [node.inputs[1], node.inputs[0]],
    ]) {
      const product = y?.producer;
      if (!y || !bias || !output || !product || product.graph !== node.graph || opKey(product) !== 'MatMul' || onlyReader(y) !== node) continue;
      const [a, w] = product.inputs;
      const [left, right, vector] = [a, w, bias].map((value) => value && context.shapeOf(value));
      if (left?.length !== 2 || right?.length !== 2 || !a || !w || !constantOf(bias)) continue;
      if (vector?.length !== 1 || vector[0] !== right[1] || !['float32', 'float16', 'float64'].includes(context.dtypeOf(a) ?? '')) continue;
      const made = edit.addNode(node.graph, { opType: 'Gemm', inputs: [a, w, bias], outputs: [{ type: output.type }] }).outputs[0]!;
      edit.replaceValue(output, made);
      edit.removeNode(node);
      return did('is a Gemm with the MatMul before it');
    }
    return undefined;
  },
};
