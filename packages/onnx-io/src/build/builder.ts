// The working of graphBuilder, one builder a graph.
import type { DType, Tensor } from '@modeldiet/tensor';
import { fail } from '../errors';
import {
  addFunction,
  addInitializer,
  addInput,
  addNode,
  addOutput,
  addSubgraph,
  attr,
  freshName,
  outputCount,
  renameNode,
  renameValue,
  setType,
} from '../ir/edit';
import type { Dim, Graph, OpKey, Value, ValueType } from '../ir/model';
import { freshNodeName, functionKey } from '../ir/names';
import type { Formal, OpSchema } from '../schema';
import { type Arg, type Binding, bindingOf, isTensor, isValue, tensorOfNumbers } from './argument';
import type { AttributeArg } from './attribute';
import type { GraphBuilder, OpOptions } from './builder-types';
import { dtypeFromAttributes } from './dtype';
import { attributesOf, checkCount, schemaIn, splitKey } from './op-check';

/** Element types as far as they follow from the inputs; the graph's own types are only what the caller gave. */
type DTypes = Map<Value, DType>;

const dtypeOf = (value: Value, dtypes: DTypes): DType | undefined => dtypes.get(value) ?? (value.type && 'dtype' in value.type ? value.type.dtype : undefined);

function typeOf(type: ValueType | { readonly dtype?: DType; readonly dims?: readonly Dim[] } | undefined, dtype: DType | undefined): ValueType | undefined {
  if (type && 'kind' in type) return type;
  const element = type?.dtype ?? dtype;
  if (!type && !element) return undefined;
  return { kind: 'tensor', ...(element && { dtype: element }), ...(type?.dims && { shape: type.dims }) };
}

// A function holds no initializers: there a constant is a Constant node.
function addConstant(graph: Graph, name: string, tensor: Tensor): Value {
  if (!('overload' in graph)) return addInitializer(graph, name, tensor);
  const type: ValueType = { kind: 'tensor', dtype: tensor.type, shape: tensor.dims };
  return addNode(graph, { opType: 'Constant', inputs: [], outputs: [{ name, type }], attributes: { value: attr.tensor(tensor) } }).outputs[0]!;
}

function constantArg(name: string, value: Tensor | Arg, dtype: DType | undefined): Tensor {
  if (isTensor(value)) return value;
  if (value === undefined || value === null || isValue(value)) throw fail('input-value', { where: { value: name }, expected: 'a tensor or numbers' });
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const kinds: Readonly<Record<string, DType>> = { bigint: 'int64', string: 'string', boolean: 'bool' };
  return tensorOfNumbers(value, dtype ?? kinds[typeof first] ?? 'float32');
}

function inputsOf(graph: Graph, key: OpKey, schema: OpSchema | undefined, args: readonly Arg[], binding: Binding, dtypes: DTypes): (Value | undefined)[] {
  const formalAt = (index: number): Formal | undefined => schema?.inputs[Math.min(index, schema.inputs.length - 1)];
  for (const [i, arg] of args.entries())
    if (isValue(arg)) binding.bind(formalAt(i), dtypeOf(arg, dtypes));
    else if (isTensor(arg)) binding.bind(formalAt(i), arg.type);
  return args.map((arg, i) => {
    if (arg === undefined || arg === null) return undefined;
    if (isValue(arg)) return arg;
    const dtype = isTensor(arg) ? arg.type : binding.forNumbers(formalAt(i));
    if (!dtype) throw fail('input-value', { where: { opType: key }, actual: arg }, `the element type of input ${i} cannot be told; give a tensor`);
    const name = freshName(graph.model, `${splitKey(key).opType}_${formalAt(i)?.name ?? 'constant'}`);
    return addConstant(graph, name, isTensor(arg) ? arg : tensorOfNumbers(arg, dtype, key));
  });
}

/** An output must be made in its own graph: an input, a constant, an outer value or one that is an output already goes through an Identity. */
function putOut(graph: Graph, value: Value): void {
  const own = value.producer && value.graph === graph && !graph.outputs.includes(value);
  addOutput(graph, own ? value : addNode(graph, { opType: 'Identity', inputs: [value] }).outputs[0]!);
}

function rename(value: Value, name: string): void {
  const node = value.producer;
  const automatic = node && node.outputs[0] === value && node.name === `${node.opType}_${value.name}`;
  renameValue(value, name);
  if (automatic) renameNode(node, freshNodeName(node.graph.model, `${node.opType}_${name}`));
}

const listed = (values: readonly Value[] | Value): readonly Value[] => (isValue(values) ? [values] : values);

export function builderOf(graph: Graph, dtypes: DTypes = new Map()): GraphBuilder {
  const { model } = graph;

  function op(
    key: OpKey,
    args: readonly Arg[],
    given: Readonly<Record<string, AttributeArg | undefined>> = {},
    options: OpOptions = {},
  ): Value | readonly Value[] {
    const { domain, opType } = splitKey(key);
    const { outputs: wanted, output, name, overload, doc } = options;
    const fn = model.functions.get(functionKey(domain, opType, overload));
    const schema = schemaIn(graph, key, domain, fn !== undefined);
    if (schema) checkCount(schema, key, args);
    const attributes = attributesOf(key, schema, given);
    const binding = bindingOf(schema);
    const inputs = inputsOf(graph, key, schema, args, binding, dtypes);
    const count =
      typeof wanted === 'number' ? wanted : Math.max(1, fn?.outputs.length ?? schema?.outputs.filter(({ option }) => option === 'single').length ?? 1);
    const names = typeof wanted === 'object' ? wanted : Array.from({ length: count }, (_, i) => (i === 0 && output) || '');
    const node = addNode(graph, { opType, domain, overload, name, inputs, outputs: names, attributes, doc });
    for (const [i, value] of node.outputs.entries()) {
      const branch = node.attributes.get('then_branch');
      const fromBranch = branch?.kind === 'graph' ? branch.value.outputs[i] : undefined;
      const dtype =
        dtypeFromAttributes(node) ?? (fromBranch && dtypeOf(fromBranch, dtypes)) ?? binding.of(schema?.outputs[Math.min(i, schema.outputs.length - 1)]);
      if (value && dtype) dtypes.set(value, dtype);
    }
    const values = node.outputs.filter((value) => value !== undefined);
    return wanted === undefined ? values[0]! : values;
  }

  return {
    graph,
    op: op as GraphBuilder['op'],
    input: (name, type, dims) => addInput(graph, name, typeof type === 'string' ? { kind: 'tensor', dtype: type, ...(dims && { shape: dims }) } : type),
    constant: (...args: [Tensor] | [string, Tensor | Arg, DType?]): Value => {
      const [name, value, dtype] = args.length === 1 ? [freshName(model, 'constant'), args[0]] : args;
      return addConstant(graph, name, constantArg(name, value, dtype));
    },
    output(value, name = value.name, type) {
      const own = value.producer && value.graph === graph && outputCount(value) === 0;
      const out = own || name === value.name ? value : (op('Identity', [value], {}, { output: name }) as Value);
      if (graph.outputs.includes(out) || out.graph !== graph)
        throw fail('duplicate-name', { where: { graph: graph.name, value: name } }, 'this is an output already; give another name');
      if (out.name !== name) rename(out, name);
      const known = typeOf(type, out.type ? undefined : dtypeOf(value, dtypes));
      if (known) setType(out, known);
      addOutput(graph, out);
      return out;
    },
    subgraph(name, write) {
      const body = addSubgraph(graph, name);
      for (const value of listed(write(builderOf(body, dtypes)))) putOut(body, value);
      return body;
    },
    function({ inputs, ...options }, write) {
      const fn = addFunction(model, { ...options, opsets: new Map([['', model.opsets.get('') ?? 21]]) });
      const values = inputs.map((name) => addInput(fn, name));
      for (const value of listed(write(builderOf(fn), ...values))) putOut(fn, value);
      return fn;
    },
    model: () => model,
  };
}
