// The types of graphBuilder.
import type { DType, Tensor } from '@modeldiet/tensor';
import type { Attribute, Dim, Graph, Int, Model, ModelFunction, Value, ValueType } from '../ir/model';
import type { Arg } from './argument';
import type { AttributeArg } from './attribute';
import type { Ops } from './ops.generated';

export type { Arg } from './argument';
export type { AttributeArg } from './attribute';

export interface GraphBuilderOptions {
  /** The graph's name. Default 'main'. */
  readonly name?: string;
  /** The import of ai.onnx. Default 21. */
  readonly opset?: number;
  /** Imports of other domains; one that an op needs and that is not given is imported at the version builders agree on (ai.onnx.ml 3, others 1). */
  readonly opsets?: Readonly<Record<string, number>>;
  /** Default 10. */
  readonly irVersion?: number;
  readonly producer?: string;
  readonly doc?: string;
}
export interface OpOptions {
  /** The node's name; default: from the op and its first output. */
  readonly name?: string;
  /** The name of the first output. */
  readonly output?: string;
  /** How many outputs, or their names (undefined: an optional one left out). Then the call returns all of them. */
  readonly outputs?: number | readonly (string | undefined)[];
  readonly overload?: string;
  readonly doc?: string;
}
export type One = OpOptions & { readonly outputs?: undefined };
export type Many = OpOptions & { readonly outputs: number | readonly (string | undefined)[] };
type Given<A> = { readonly [K in keyof A]: A[K] | Attribute | (Int extends A[K] ? boolean : never) };
export type InputsOf<K extends string> = K extends keyof Ops ? Readonly<Ops[K]['inputs']> : readonly Arg[];
export type AttributesOf<K extends string> = K extends keyof Ops ? Given<Ops[K]['attributes']> : Readonly<Record<string, AttributeArg>>;

export interface FunctionOptions {
  readonly domain: string;
  readonly name: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  /** Attributes of the function by name with their defaults; undefined: must be given by the caller. Refer to one in the body with `attr.ref(name, kind)`. */
  readonly attributes?: Readonly<Record<string, Attribute | undefined>>;
  readonly doc?: string;
}

/** Writes one graph of a model; `subgraph` and `function` give a builder of their own, which sees the values around it. */
export interface GraphBuilder {
  readonly graph: Graph;
  /** A graph input: of element type `dtype` and extents `dims` (numbers, or names such as 'batch'; left out: unknown rank), or of any type. */
  input(name: string, type: DType | ValueType, dims?: readonly Dim[]): Value;
  /** An initializer (in a function: a Constant node): a tensor, or numbers of element type `dtype` (default float32; int64 for bigints). Default name: 'constant'. */
  constant(name: string, value: Tensor | Arg, dtype?: DType): Value;
  constant(value: Tensor): Value;
  /**
   * A node. `type` is 'Conv', 'com.microsoft:MatMulNBits', ...; inputs are values, tensors or numbers; attributes are plain values. Returns the first output, or all of them where `outputs` says how many.
   * Checked against the schema of this opset. Throws `unknown-op`, `unknown-attribute`, `missing-attribute`, `attribute-value`, `input-count`, `input-value`, `duplicate-name`.
   *
   * `g.op('Conv', [x, w, b], { pads: [1, 1, 1, 1] })`
   */
  op<K extends keyof Ops | (string & {})>(type: K, inputs: InputsOf<K>, attributes?: AttributesOf<K>, options?: One): Value;
  op<K extends keyof Ops | (string & {})>(type: K, inputs: InputsOf<K>, attributes: AttributesOf<K> | undefined, options: Many): readonly Value[];
  /** Makes `value` a graph output, called `name` (default: the name it has); `type` is its type where it is known. */
  output(value: Value, name?: string, type?: ValueType | { readonly dtype?: DType; readonly dims?: readonly Dim[] }): Value;
  /** The body of an If, Loop or Scan, to be given as an attribute: `g.op('If', [c], { then_branch: g.subgraph('then', (b) => [b.op('Relu', [x])]), ... })`. What `write` returns are its outputs. */
  subgraph(name: string, write: (body: GraphBuilder) => readonly Value[] | Value): Graph;
  /** Adds a function to the model; call it by `op('domain:name', inputs)`. What `write` returns are its outputs. */
  function(options: FunctionOptions, write: (body: GraphBuilder, ...inputs: Value[]) => readonly Value[] | Value): ModelFunction;
  /** The model this graph is part of; the builder may go on. */
  model(): Model;
}
