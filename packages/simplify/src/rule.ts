// A rule: a local pattern at one node and what replaces it. A match that fails is a value with a reason, so that a report can say why.
import type { Dim, Model, Node, OpKey, Value, ValueType } from '@modeldiet/onnx-io';
import type { Shapes } from '@modeldiet/ops';
import type { DType, LongWork, Tensor } from '@modeldiet/tensor';

/** What a rule says of a node: nothing (the pattern is not there), what it did, or why it could not. */
export type Outcome = undefined | { readonly did: string } | { readonly code: SkipCode; readonly reason: string };

/** Why a node that a rule is about stays as it is. Reports have them as `simplify/<code>`. */
export type SkipCode =
  | 'carries-output'
  | 'mask-used'
  | 'training'
  | 'unknown-type'
  | 'unknown-shape'
  | 'dynamic-parameter'
  | 'shared-weight'
  | 'other-use'
  | 'not-constant'
  | 'not-per-channel'
  | 'in-function'
  | 'not-representable'
  | 'is-output'
  | 'too-large'
  | 'older-opset'
  | 'no-gain';

/** What a rule may ask of the model around the node. */
export interface Context extends LongWork {
  readonly model: Model;
  /** The inferred type of a value; undefined when nothing is known. */
  typeOf(value: Value): ValueType | undefined;
  dtypeOf(value: Value): DType | undefined;
  /** The inferred extents; undefined when the rank is unknown. */
  shapeOf(value: Value): readonly Dim[] | undefined;
  /** The numbers of a value that is constant, an initializer or computed from shapes alone, where they are at hand. */
  tensorOf(value: Value): Tensor | undefined;
  /** All that is inferred of the model. */
  shapes(): Shapes;
  /** Takes so many steps from what folding may take in all; false, and nothing taken, where that is not left. */
  spend(steps: number): boolean;
  /** Called where nodes are put in the place of others: the copy of each, so that the shapes need not be found again. */
  copied(nodes: ReadonlyMap<Node, Node>): void;
  /** Called before an initializer is added: a model before IR 4 is raised to it. */
  allowInitializers(): void;
}

export interface Rule {
  readonly name: string;
  /** The operators it looks at; '*' for every node. */
  readonly ops: readonly OpKey[] | '*';
  apply(node: Node, context: Context): Outcome | Promise<Outcome>;
}

export const skip = (code: SkipCode, reason: string): Outcome => ({ code, reason });
export const did = (what: string): Outcome => ({ did: what });
