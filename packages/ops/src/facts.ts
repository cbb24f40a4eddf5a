// What an op is, as data: one row of facts an op. The rows are in table/*.ts; OpTable is open: pass your own rows to inferShapes for your own ops.
import type { Dim, Graph, Node, OpKey, Skip, Value, ValueType } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';

/**
 * How far two correct implementations may differ: 'exact' bit for bit (moves data, integers), 'rounding' a last-place rounding an element,
 * 'accumulate' the order of a sum, 'approximate' a transcendental function or a documented approximation.
 */
export type Tolerance = 'exact' | 'rounding' | 'accumulate' | 'approximate';

/** The types and, where they can be known, the values of a model's values. Extents are numbers or canonical expressions; an unknown extent is its own symbol '?n'. */
export interface Shapes {
  /** The type of a value; without `shape` its rank is unknown, undefined when nothing is known. In a function body: what all its calls agree on. */
  of(value: Value): ValueType | undefined;
  /** The value itself, when it is constant: an initializer in memory, a Constant node, or computed from shapes alone. */
  constant(value: Value): Tensor | undefined;
  /** The elements of a small integer, bool or float tensor, in row-major order, as dims ('?' where unknown): what Shape -> Gather -> Concat makes. */
  elements(value: Value): Elements | undefined;
  /** Nodes with an output whose rank (or, for other kinds, whose type) is unknown, and why. */
  readonly unresolved: readonly Skip[];
}

/** A small tensor whose elements may be symbolic; `data` has one entry an element. */
export interface Elements {
  readonly dims: readonly number[];
  readonly data: readonly Dim[];
}

/** Infers a body (subgraph) on the given input types and gives its output types. */
export type InferBody = (
  body: Graph,
  inputs: readonly (ValueType | undefined)[],
  elements?: readonly (Elements | undefined)[],
) => readonly (ValueType | undefined)[];

/** The types of a node's outputs; '?' as an extent means unknown. A rule never throws for an unknown input, it answers with less. */
export type ShapeRule = (node: Node, shapes: Shapes, infer: InferBody) => readonly (ValueType | undefined)[];

/** The elements of a node's outputs, when they follow from the shapes and elements of its inputs. */
export type ValueRule = (node: Node, shapes: Shapes) => readonly (Elements | undefined)[];

/** Multiply-accumulates of one run (1 MAC = 2 FLOPs). */
export type CostRule = (node: Node, shapes: Shapes) => { readonly macs: Dim };

export interface OpFacts {
  /** The axis equation (axes.ts): which axis of which input becomes which axis of the output. */
  readonly axes?: string | AxesRule;
  /** Why the op has no axis equation; every row of the table has one or the other. */
  readonly noAxes?: string;
  readonly shape: ShapeRule;
  readonly values?: ValueRule;
  readonly cost?: CostRule;
  readonly tolerance: Tolerance;
}
/** An axis equation that depends on attributes or ranks. */
export type AxesRule = (node: Node, shapes: Shapes) => string | undefined;

export type OpTable = Readonly<Record<OpKey, OpFacts>>;
