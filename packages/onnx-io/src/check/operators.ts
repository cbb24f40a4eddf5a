// Each node against the schema of its operator at the opset that holds: it exists, with these inputs, outputs and attributes.
import type { Model, Node } from '../ir/model';
import { functionKey, opKey } from '../ir/names';
import { allNodes } from '../ir/walk';
import { type OpSchema, schemaOf, schemasOf } from '../schema';
import { opsetOf } from '../schema/param';
import { newestOpset } from '../schema.generated';
import { atNode, type Check, error, type Problem, warning } from './problem';

type Filled = readonly (unknown | undefined)[];

function* checkCounts(node: Node, what: 'input' | 'output', formals: OpSchema['inputs'], actual: Filled): Generator<Problem> {
  const last = formals.at(-1);
  const variadic = last?.option === 'variadic';
  const at = atNode(node);
  // An empty name at the end is no input or output.
  const given = actual.findLastIndex((value) => value !== undefined) + 1;
  if (given > formals.length && !variadic)
    yield error(`${what}-count`, at, `${node.opType} has at most ${formals.length} ${what}s, this node ${actual.length}`);
  for (const [i, { name, option, min = 0 }] of formals.entries()) {
    if (option === 'single' && actual[i] === undefined) yield error(`${what}-count`, at, `the ${what} '${name}' is missing`);
    if (option === 'variadic' && given - i < min)
      yield error(`${what}-count`, at, `${node.opType} needs at least ${min} of its ${what}s '${name}', this node has ${Math.max(0, given - i)}`);
  }
  if (variadic && actual.slice(formals.length - 1, given).includes(undefined))
    yield error(`${what}-count`, at, `a variadic ${what} cannot be left out in the middle`);
}

/** A lenient load keeps an attribute that came twice as bytes of its field (NodeProto.attribute = 5, length-delimited). */
const attributeTag = (5 << 3) | 2;

function* checkAttributes(node: Node, { attributes }: OpSchema): Generator<Problem> {
  const inFunction = 'overload' in node.graph || isBelowFunction(node);
  for (const [name, { kind, value }] of node.attributes) {
    const spec = attributes[name];
    const given = kind === 'ref' ? value.kind : kind;
    if (kind === 'ref' && !inFunction)
      yield error('attribute-ref', atNode(node), `the attribute '${name}' refers to one of a function's caller, outside of any function`);
    if (!spec) yield error('unknown-attribute', atNode(node), `${node.opType} has no attribute '${name}' at this opset`);
    else if (given !== spec.kind) yield error('attribute-kind', atNode(node), `the attribute '${name}' is of kind ${given}; ${node.opType} takes ${spec.kind}`);
  }
  for (const [name, { required }] of Object.entries(attributes))
    if (required && !node.attributes.has(name)) yield error('missing-attribute', atNode(node), `the attribute '${name}' is missing`);
}

function isBelowFunction(node: Node): boolean {
  for (let graph = node.graph.parent?.graph; graph; graph = graph.parent?.graph) if ('overload' in graph) return true;
  return false;
}

function* checkNode(model: Model, node: Node): Generator<Problem> {
  const key = opKey(node);
  if (node.opType === '') yield error('unknown-op', atNode(node), 'the node has no operator');
  if (node.unknown.some((field) => field[0] === attributeTag)) yield error('duplicate-attribute', atNode(node), 'an attribute is there more than once');
  const isCall =
    model.functions.has(functionKey(node.domain, node.opType, node.overload)) ||
    (node.domain === '' && model.functions.has(functionKey('ai.onnx', node.opType, node.overload)));
  if (isCall || node.opType === '') return;
  const opset = opsetOf(node);
  const schema = schemaOf(key, opset);
  const domain = node.domain === 'ai.onnx' ? '' : node.domain;
  if (!schema) {
    const known = schemasOf(key);
    if (known.length > 0) yield error('unknown-op', atNode(node), `${key} came with opset ${known[0]!.since}; the model imports ${opset}`);
    else if (domain in newestOpset && domain !== 'com.microsoft' && opset <= newestOpset[domain]!)
      yield error('unknown-op', atNode(node), `there is no operator ${key}`);
    else yield warning('no-schema', atNode(node), `the operator ${key} has no schema here: nothing about this node was checked`);
    return;
  }
  if (schema.deprecated) {
    yield error('deprecated-op', atNode(node), `${key} is deprecated since opset ${schema.since}`);
    return;
  }
  // Schemas of com.microsoft are those of one runtime version; others differ in optional attributes and inputs.
  const found = [
    ...checkCounts(node, 'input', schema.inputs, node.inputs),
    ...checkCounts(node, 'output', schema.outputs, node.outputs),
    ...checkAttributes(node, schema),
  ];
  yield* domain === 'com.microsoft' ? found.map((problem): Problem => ({ ...problem, severity: 'warning' })) : found;
}

export const operators: Check = {
  name: 'operators',
  *run(model) {
    for (const node of allNodes(model)) yield* checkNode(model, node);
  },
};
