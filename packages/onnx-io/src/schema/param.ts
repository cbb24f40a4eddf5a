// The parameters of an operator by name, whether this opset has them as attributes or as constant inputs.
import { bfloat16, decode, float16 } from '@modeldiet/numfmt';
import type { Tensor } from '@modeldiet/tensor';
import { tensorOf } from '../ir/constant';
import type { Attribute, Node, Value } from '../ir/model';
import { opKey } from '../ir/names';
import { type ParamRow, rowAt } from './unpack';

/** The import of the node's domain that holds for it; a domain that is not imported counts as version 1. */
export function opsetOf({ domain, graph }: Node): number {
  const standard = domain === '' || domain === 'ai.onnx';
  return (standard ? (graph.opsets.get('') ?? graph.opsets.get('ai.onnx')) : graph.opsets.get(domain)) ?? 1;
}

/** The schema row that holds for a node. */
export const rowOf = (node: Node): ParamRow | undefined => rowAt(opKey(node), opsetOf(node));

/** The input of that name in the schema; undefined when left out or when the schema has none. For a variadic formal: the first. */
export function inputOf(node: Node, name: string): Value | undefined {
  const index = rowOf(node)?.inputs.findIndex((formal) => formal.name === name) ?? -1;
  return index < 0 ? undefined : node.inputs[index];
}

/**
 * The parameter `name` of `node`, as the schema of this opset names it: the attribute, else the attribute's default, else the constant input of that name.
 * 'dynamic': only known at run time (an input that is no constant, or is too large to be at hand; an attribute that a function's caller gives).
 * undefined: left out and without a default, or not a parameter of this operator.
 *
 * `param(squeeze, 'axes')` is an `ints` attribute at opset 11 and an int64 tensor at opset 13.
 */
export function param(node: Node, name: string): Attribute | Tensor | 'dynamic' | undefined {
  const attribute = node.attributes.get(name);
  if (attribute) return attribute.kind === 'ref' ? 'dynamic' : attribute;
  const row = rowOf(node);
  const spec = row?.attributes[name];
  if (spec) return spec.default;
  const index = row?.inputs.findIndex((formal) => formal.name === name) ?? -1;
  const value = index < 0 ? undefined : node.inputs[index];
  return value && (tensorOf(value) ?? 'dynamic');
}

const numbersOf = (tensor: Tensor): readonly number[] | 'dynamic' => {
  if (tensor.type === 'float16') return Array.from(tensor.data, (code) => decode(code, float16));
  if (tensor.type === 'bfloat16') return Array.from(tensor.data, (code) => decode(code, bfloat16));
  return /^(u?int(8|16|32|64)|float(32|64)|bool)$/.test(tensor.type) ? Array.from<number | bigint | string, number>(tensor.data, Number) : 'dynamic';
};

/** {@link param} as numbers, in order: an int, ints, float, floats attribute or a constant input of any shape. int64 beyond 2^53 is rounded; types below 8 bits, float8 and strings are 'dynamic'. */
export function numbersParam(node: Node, name: string): readonly number[] | 'dynamic' | undefined {
  const found = param(node, name);
  if (found === undefined || found === 'dynamic') return found;
  if ('data' in found) return numbersOf(found);
  if (found.kind === 'int' || found.kind === 'float') return [Number(found.value)];
  return found.kind === 'ints' || found.kind === 'floats' ? found.value.map(Number) : undefined;
}

/** {@link numbersParam} where there is one number. */
export function numberParam(node: Node, name: string): number | 'dynamic' | undefined {
  const found = numbersParam(node, name);
  return found === 'dynamic' ? found : found?.[0];
}

/** {@link param} as text: a string attribute. */
export function stringParam(node: Node, name: string): string | undefined {
  const found = param(node, name);
  return found !== undefined && found !== 'dynamic' && 'kind' in found && found.kind === 'string' ? new TextDecoder().decode(found.value) : undefined;
}
