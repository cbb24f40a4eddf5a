// The graph: values and nodes linked by object, read-only to all but ir/edit.ts. Names follow ONNX IR 14 (onnx.proto).
import type { Constant, DType } from '@modeldiet/tensor';

/** An extent: a number, or an expression such as 'batch' or '2*seq+1'. An unknown extent is a fresh '?7', so that the rank is kept. */
export type Dim = number | string;

export type ValueType = { readonly denotation?: string } & (
  | { readonly kind: 'tensor' | 'sparse'; readonly dtype?: DType; readonly shape?: readonly Dim[]; readonly dimDenotations?: readonly (string | undefined)[] }
  | { readonly kind: 'sequence' | 'optional'; readonly element: ValueType }
  | { readonly kind: 'map'; readonly key: DType; readonly element: ValueType }
  | { readonly kind: 'opaque' }
);

/** int64 of a file: bigint only beyond 2^53 (INT64_MAX in Slice). */
export type Int = number | bigint;

/** Kept through load, edit and save. `unknown` holds whole protobuf fields (tag included) that this schema does not name. */
export interface Extra {
  readonly doc?: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly unknown: readonly Uint8Array[];
}

/** How the file held a tensor; dropped when the weight is replaced. */
export interface TensorStorage extends Extra {
  readonly name: string;
  readonly field: 'raw' | 'typed' | 'external';
}

export interface AttributeValue {
  int: Int;
  ints: readonly Int[];
  float: number;
  floats: readonly number[];
  string: Uint8Array;
  strings: readonly Uint8Array[];
  tensor: Constant;
  tensors: readonly Constant[];
  graph: Graph;
  graphs: readonly Graph[];
  type: ValueType;
  types: readonly ValueType[];
  /** In a function body: a reference to the attribute `name` of the call. */
  ref: { readonly name: string; readonly kind: keyof AttributeValue };
  /** A kind this schema does not know: the AttributeProto's bytes. */
  other: Uint8Array;
}
export type Attribute = {
  [K in keyof AttributeValue]: { readonly kind: K; readonly value: AttributeValue[K]; readonly extra?: Extra; readonly storage?: readonly TensorStorage[] };
}[keyof AttributeValue];

/** One place that reads a value. Graph outputs are not uses. */
export interface Use {
  readonly node: Node;
  readonly index: number;
}

/** A value: graph input, initializer (it may be both), or node output. `graph` is the scope that defines it. */
export interface Value extends Extra {
  readonly name: string;
  readonly graph: Graph;
  readonly type?: ValueType;
  readonly initializer?: Constant;
  readonly storage?: TensorStorage;
  readonly quantization?: ReadonlyMap<string, Value>;
  readonly producer?: Node;
  /** Includes uses from inside subgraphs, which capture outer values. */
  readonly uses: ReadonlySet<Use>;
}

export interface Node extends Extra {
  readonly graph: Graph;
  /** '' is ai.onnx. */
  readonly domain: string;
  readonly opType: string;
  readonly overload: string;
  readonly name: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly (Value | undefined)[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Graph extends Extra {
  readonly name: string;
  readonly model: Model;
  /** The opset imports that hold here: the model's, or the function's. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The node that owns this subgraph. */
  readonly parent?: Node;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly initializers: ReadonlySet<Value>;
  /** In the order of the file or of insertion; `orderedNodes` puts producers first. */
  readonly nodes: ReadonlySet<Node>;
}

export interface ModelFunction extends Graph {
  readonly domain: string;
  readonly overload: string;
  /** undefined: no default. */
  readonly attributes: ReadonlyMap<string, Attribute | undefined>;
}

/** Edit renames keep the bindings. */
export interface TrainingInfo extends Extra {
  readonly initialization?: Graph;
  readonly algorithm?: Graph;
  readonly initializationBinding: ReadonlyMap<string, string>;
  readonly updateBinding: ReadonlyMap<string, string>;
}

export interface Model extends Extra {
  readonly irVersion: number;
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: { readonly name: string; readonly version: string };
  /** ModelProto.domain and model_version, kept as they came. */
  readonly domain: string;
  readonly modelVersion: Int;
  readonly graph: Graph;
  /** Keyed by functionKey(domain, name, overload). */
  readonly functions: ReadonlyMap<string, ModelFunction>;
  readonly training: readonly TrainingInfo[];
  /** Set by readModel, dropped by the first edit. `check` throws `onnx-io/source-changed` when the file is not the one that was read: asked before the path is used in place of the model. */
  readonly origin?: { readonly path: string; check?(): Promise<void> };
}

/** 'Conv', 'com.microsoft:MatMulNBits', 'ai.onnx.ml:Scaler'. */
export type OpKey = string;
