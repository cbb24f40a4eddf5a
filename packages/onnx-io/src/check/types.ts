// Declared types: graph inputs and outputs have one; an operator takes the element types it is given, the same one for the same type variable.
import type { DType } from '@modeldiet/tensor';
import type { Node, Value, ValueType } from '../ir/model';
import { opKey } from '../ir/names';
import { allNodes } from '../ir/walk';
import { type OpSchema, schemaOf } from '../schema';
import { opsetOf } from '../schema/param';
import { atGraph, atNode, type Check, error, type Problem } from './problem';

function isComplete(type: ValueType | undefined): boolean {
  if (!type) return false;
  if (type.kind === 'tensor' || type.kind === 'sparse') return type.dtype !== undefined;
  return 'element' in type ? isComplete(type.element) : true;
}

const dtypeOf = (value: Value | undefined): DType | undefined => (value?.type?.kind === 'tensor' ? value.type.dtype : undefined);

/** The element types a formal may have, where that is a plain list: sequences and the like are left to the runtime. */
const allowedBy = (schema: OpSchema, type: string): readonly string[] => schema.types[type] ?? [type];

function* checkSide(
  node: Node,
  schema: OpSchema,
  formals: OpSchema['inputs'],
  values: readonly (Value | undefined)[],
  bound: Map<string, DType>,
): Generator<Problem> {
  for (const [i, value] of values.entries()) {
    const formal = formals[Math.min(i, formals.length - 1)];
    const dtype = dtypeOf(value);
    if (!formal || !dtype) continue;
    const allowed = allowedBy(schema, formal.type);
    if (!allowed.includes(dtype)) {
      yield error('type', atNode(node, value!.name), `${opKey(node)} takes no ${dtype} as '${formal.name}' at opset ${opsetOf(node)}`);
      continue;
    }
    if (!(formal.type in schema.types) || formal.mixed) continue;
    const other = bound.get(formal.type);
    if (other !== undefined && other !== dtype)
      yield error('type', atNode(node, value!.name), `'${formal.name}' is ${dtype} where another value of type ${formal.type} is ${other}`);
    else bound.set(formal.type, dtype);
  }
}

export const types: Check = {
  name: 'types',
  *run(model) {
    const { graph } = model;
    for (const value of graph.inputs) if (!isComplete(value.type)) yield error('no-type', atGraph(graph, value.name), 'a graph input has no type');
    for (const value of graph.outputs) if (!isComplete(value.type)) yield error('no-type', atGraph(graph, value.name), 'a graph output has no type');
    for (const node of allNodes(model)) {
      if (node.domain === 'com.microsoft') continue;
      const schema = schemaOf(opKey(node), opsetOf(node));
      if (!schema || schema.deprecated) continue;
      const bound = new Map<string, DType>();
      yield* checkSide(node, schema, schema.inputs, node.inputs, bound);
      yield* checkSide(node, schema, schema.outputs, node.outputs, bound);
    }
  },
};
