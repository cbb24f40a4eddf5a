// Gelu written out: 0.5 x (1 + erf(x / sqrt 2)), or with tanh(sqrt(2 / pi) (x + 0.044715 x^3)). ai.onnx has it from opset 20 on.
import { attr, edit, type Node, opKey, opsetOf, type Value } from '@modeldiet/onnx-io';
import { onlyReader, replaceResult } from '../edit';
import { type Context, did, type Outcome, type Rule, skip } from '../rule';
import { scalarOf, withNumber } from './constant';
import { isPolynomial, polynomialIn, variablesOf } from './polynomial';

const root = Math.sqrt(2 / Math.PI);
const forms = {
  Erf: { inner: [0, Math.SQRT1_2], approximate: 'none' },
  Tanh: { inner: [0, root, 0, 0.044715 * root], approximate: 'tanh' },
} as const;

const near = (x: number, y: number): boolean => Math.abs(x - y) < 1e-4;

/** The last of the products that make 0.5 * x of `value`, x and one half in any order; each product is read by the next alone. */
function halfTimes(x: Value, value: Value, context: Context): Value | undefined {
  let [at, factor, withX] = [value, 1, false];
  for (let hops = 0; hops < 4; hops++) {
    const node = onlyReader(at);
    const [output] = node?.outputs ?? [];
    if (!node || !output || node.graph !== at.graph || !['Mul', 'Div'].includes(opKey(node))) return undefined;
    const other = node.inputs[0] === at ? node.inputs[1] : node.inputs[0];
    if (opKey(node) === 'Div') {
      const divisor = node.inputs[0] === at ? scalarOf(other, context) : undefined;
      if (!divisor) return undefined;
      factor /= divisor;
    } else {
      const number = scalarOf(other, context);
      const part = number === undefined ? polynomialIn(x, other, node.graph, context) : undefined;
      if (number !== undefined) factor *= number;
      else if (part?.length === 2 && part[0] === 0 && !withX) [factor, withX] = [factor * part[1]!, true];
      else return undefined;
    }
    at = output;
    if (withX && near(factor, 0.5)) return at;
  }
  return undefined;
}

export const gelu: Rule = {
  name: 'gelu',
  ops: ['Erf', 'Tanh'],
  apply(node, context): Outcome {
    const { inner, approximate } = forms[opKey(node) as keyof typeof forms];
    const [argument] = node.inputs;
    const [curve] = node.outputs;
    const sum = curve && onlyReader(curve);
    const added = sum && sum.graph === node.graph ? withNumber(sum, 'Add', context) : undefined;
    if (!argument || !sum || !added || added[0] !== curve || !near(added[1], 1)) return undefined;
    const x = variablesOf(argument, node.graph, context).find((value) => isPolynomial(polynomialIn(value, argument, node.graph, context), inner));
    const last = x && halfTimes(x, sum.outputs[0]!, context);
    if (!x || !last) return undefined;
    if (opsetOf(node) < 20) return skip('older-opset', 'it is a Gelu, which came with opset 20');
    const made: Node = edit.addNode(node.graph, {
      opType: 'Gelu',
      inputs: [x],
      outputs: [{ type: last.type }],
      attributes: { approximate: attr.string(approximate) },
    });
    replaceResult(last, made);
    return did('is a Gelu with what is around it');
  },
};
