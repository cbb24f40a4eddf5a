// What a diagnosis is made of: findings, the evidence they rest on, and the rules that make one of the other.
import type { Model, Node } from '@modeldiet/onnx-io';
import type { Receipt, ReceiptNode } from '@modeldiet/profiler';
import type { Target } from '@modeldiet/runtime';
import type { LongWork } from '@modeldiet/tensor';

export interface Finding {
  readonly rule: string;
  /** Its address in the model. */
  readonly node: string;
  /** As the runtime runs it. */
  readonly opType: string;
  /** Measured: the node's time in a run, milliseconds. */
  readonly costMs: number;
  /** What to do about it. */
  readonly cure: string;
  /** What was seen, with its figures. */
  readonly evidence: string;
}

export interface Evidence {
  readonly model: Model;
  readonly receipt: Receipt;
  /** Of the float model that this one was made from. */
  readonly original?: Receipt;
  /** Where it runs; `saturatesU8S8` decides. */
  readonly target: Target;
  readonly work: LongWork;
  /** The model's node behind a row of the receipt. */
  nodeOf(row: ReceiptNode): Node | undefined;
  /** Milliseconds of a float kernel of its own, on the same backend; undefined where it has none. */
  floatMs(model: Model): Promise<number | undefined>;
}

export interface DiagnoseRule {
  /** What is looked for, in words. */
  readonly says: string;
  find(evidence: Evidence): Promise<readonly Omit<Finding, 'rule'>[]> | readonly Omit<Finding, 'rule'>[];
}
