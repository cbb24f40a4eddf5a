// Writes standard ONNX nodes (opset 13 and up) into a graph: the vocabulary that gradients, losses and optimizers are written in.
import { type Attribute, attr, type Dim, edit, type Graph, type Value, type ValueType } from '@modeldiet/onnx-io';
import type { DType, Tensor } from '@modeldiet/tensor';
import { fail } from './errors';

/** What is known of the types in the graph; `Shapes` of `@modeldiet/ops` is one. */
export interface Types {
  of(value: Value): ValueType | undefined;
}

export type FloatType = 'float32' | 'float64' | 'float16' | 'bfloat16';
const floatTypes: ReadonlySet<string> = new Set<FloatType>(['float32', 'float64', 'float16', 'bfloat16']);
export const isFloat = (dtype: string | undefined): dtype is FloatType => dtype !== undefined && floatTypes.has(dtype);

/** ONNX's TensorProto.DataType numbers of the types that are cast to here. */
const dataTypes = { float32: 1, int64: 7, bool: 9, float16: 10, float64: 11, bfloat16: 16 } as const satisfies Partial<Record<DType, number>>;
export type CastType = keyof typeof dataTypes;
/** The element type of a TensorProto.DataType number, for the float types. */
export const floatOfDataType = (n: number): FloatType | undefined => (Object.keys(dataTypes) as CastType[]).filter(isFloat).find((key) => dataTypes[key] === n);

export interface Emit {
  readonly graph: Graph;
  /** The opset of ai.onnx that the graph imports. */
  readonly opset: number;
  /** A node of ai.onnx with one output of type `dtype` (default: the first input's). */
  op(opType: string, inputs: readonly (Value | undefined)[], attributes?: Readonly<Record<string, Attribute>>, dtype?: DType): Value;
  /** The same with `count` outputs. */
  ops(count: number, opType: string, inputs: readonly (Value | undefined)[], attributes?: Readonly<Record<string, Attribute>>, dtype?: DType): readonly Value[];
  /** A constant, made once for equal contents. */
  constant(tensor: Tensor<'float32' | 'float64' | 'int64' | 'bool'>): Value;
  /** The number `x` in the float type of `like` (float32 where that is unknown). */
  scalar(x: number, like: Value): Value;
  /** An int64 vector. */
  ints(xs: readonly number[]): Value;
  cast(x: Value, to: CastType): Value;
  /** int64 vector of the extents of `x`. */
  shape(x: Value): Value;
  /** The product; an operand that is the constant 1 made by `scalar` is left out. */
  mul(a: Value, b: Value): Value;
  /** Sum over `axes` (absent: all of them). */
  sum(x: Value, axes: readonly number[] | Value | undefined, keepDims: boolean): Value;
  /** The mean of all elements, a scalar. */
  mean(x: Value): Value;
  /** 0 everywhere, in the type and shape of `x`. */
  zeros(x: Value): Value;
  dtype(x: Value): DType | undefined;
  /** The extents of `x`, where its rank is known. */
  dims(x: Value): readonly Dim[] | undefined;
  /** The rank of `x`. Throws `train/unknown-rank`. */
  rank(x: Value): number;
}

const isList = (axes: readonly number[] | Value | undefined): axes is readonly number[] => Array.isArray(axes);
const castType = (dtype: DType | undefined): FloatType => (isFloat(dtype) ? dtype : 'float32');
const tensorType = (dtype: DType | undefined): ValueType | undefined => (dtype ? { kind: 'tensor', dtype } : undefined);

/** An emitter into `graph`; `prefix` starts the names of what it adds. Values it makes have the element type it says, and no shape. */
export function emitter(graph: Graph, types: Types, prefix: string): Emit {
  const { model } = graph;
  const constants = new Map<string, Value>();
  const typeOf = (value: Value): ValueType | undefined => types.of(value) ?? value.type;
  const dtype = (value: Value): DType | undefined => {
    const type = typeOf(value);
    return type?.kind === 'tensor' ? (type.dtype ?? undefined) : undefined;
  };
  const dims = (value: Value): readonly Dim[] | undefined => {
    const type = typeOf(value);
    return type?.kind === 'tensor' ? type.shape : undefined;
  };
  const ops: Emit['ops'] = (count, opType, inputs, attributes = {}, out = inputs[0] && dtype(inputs[0])) => {
    const name = edit.freshName(model, `${prefix}/${opType}`);
    const outputs = Array.from({ length: count }, () => ({ name: edit.freshName(model, `${name}_out`), type: tensorType(out) }));
    return edit.addNode(graph, { opType, name, inputs, attributes, outputs }).outputs.map((value) => value!);
  };
  const op: Emit['op'] = (...call) => ops(1, ...call)[0]!;
  const constant: Emit['constant'] = (tensor) => {
    const key = `${tensor.type}[${tensor.dims}]${Array.from<number | bigint>(tensor.data).join()}`;
    let value = constants.get(key);
    if (!value) constants.set(key, (value = edit.addInitializer(graph, edit.freshName(model, `${prefix}/constant`), tensor)));
    return value;
  };
  const ints: Emit['ints'] = (xs) => constant({ type: 'int64', dims: [xs.length], data: BigInt64Array.from(xs, BigInt) });
  const cast: Emit['cast'] = (x, to) => (dtype(x) === to ? x : op('Cast', [x], { to: attr.int(dataTypes[to]) }, to));
  const scalar: Emit['scalar'] = (x, like) => {
    const type = dtype(like);
    if (type === 'float64') return constant({ type, dims: [], data: Float64Array.of(x) });
    const value = constant({ type: 'float32', dims: [], data: Float32Array.of(x) });
    return isFloat(type) ? cast(value, type) : value;
  };
  const shape: Emit['shape'] = (x) => {
    const known = dims(x);
    return known?.every((extent) => typeof extent === 'number') ? ints(known as readonly number[]) : op('Shape', [x], {}, 'int64');
  };
  const ones = new Set<Value>();
  const isOne = (value: Value): boolean => ones.has(value);
  const sum: Emit['sum'] = (x, axes, keepDims) => {
    const list = isList(axes) ? ints(axes) : axes;
    return op('ReduceSum', list ? [x, list] : [x], { keepdims: attr.int(keepDims ? 1 : 0) });
  };
  return {
    graph,
    opset: graph.opsets.get('') ?? graph.opsets.get('ai.onnx') ?? 1,
    op,
    ops,
    constant,
    scalar: (x, like) => {
      const value = scalar(x, like);
      if (x === 1) ones.add(value);
      return value;
    },
    ints,
    cast,
    shape,
    mul: (a, b) => (isOne(a) ? b : isOne(b) ? a : op('Mul', [a, b])),
    sum,
    // ReduceMean takes its axes as attribute or as input, by opset; a sum and a division is the same in every one.
    mean: (x) => op('Div', [sum(x, undefined, false), cast(op('Size', [x], {}, 'int64'), castType(dtype(x)))]),
    zeros: (x) => op('Expand', [scalar(0, x), shape(x)], {}, dtype(x)),
    dtype,
    dims,
    rank: (x) => {
      const known = dims(x);
      if (!known) throw fail('unknown-rank', { where: { value: x.name, node: x.producer?.name, opType: x.producer?.opType } });
      return known.length;
    },
  };
}
