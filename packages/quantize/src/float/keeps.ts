// Which arguments of a node cannot be float16, read off its operator's schema: a formal type that allows float and not float16.
import { type Node, type OpSchema, opKey, schemaOf, subgraphs, type Value, type ValueType } from '@modeldiet/onnx-io';

/** The arguments of a node that stay float32; `why` when some do. */
export interface Keeps {
  input(index: number): boolean;
  output(index: number): boolean;
  readonly why?: string;
}

/** The types formal argument `index` may have; a variadic last one covers the rest. */
function typesOf(schema: OpSchema, side: 'inputs' | 'outputs', index: number): readonly string[] {
  const formal = schema[side][index] ?? schema[side].at(-1);
  return formal ? (schema.types[formal.type] ?? [formal.type]) : [];
}

const everything = (why?: string): Keeps => ({ input: () => true, output: () => true, why });

/** `selected`: false keeps the whole node float32, as for an operator without a schema and for sequences, optionals and maps. */
export function keepsFloat32(node: Node, selected: boolean, typeOf: (value: Value) => ValueType | undefined, fragile?: string): Keeps {
  const schema = schemaOf(opKey(node), node.graph.opsets.get(node.domain) ?? 1);
  if (!schema) return everything('its operator has no known schema');
  if (subgraphs(node).length > 0) return { input: () => false, output: () => false };
  if (!selected || fragile) return everything(fragile);
  const values = [...node.inputs, ...node.outputs];
  if (values.some((value) => value && (typeOf(value)?.kind ?? 'tensor') !== 'tensor')) return everything('it works on sequences, optionals or maps');
  const onlyFloat = (side: 'inputs' | 'outputs', index: number): boolean => {
    const types = typesOf(schema, side, index);
    return types.includes('float32') && !types.includes('float16');
  };
  const some = [...node.inputs.keys()].some((index) => onlyFloat('inputs', index)) || [...node.outputs.keys()].some((index) => onlyFloat('outputs', index));
  return {
    input: (index) => onlyFloat('inputs', index),
    output: (index) => onlyFloat('outputs', index),
    why: some ? 'its operator has no float16 form for some of its arguments' : undefined,
  };
}
