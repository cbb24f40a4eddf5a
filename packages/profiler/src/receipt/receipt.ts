// What profileModel returns.
import type { TraceEvent } from '@modeldiet/runtime';
import type { Measurement } from '../measurement';
import type { MachineRates } from './rates';
import type { Bound } from './roofline';

export interface ReceiptNode {
  /** The node's address in the model; the runtime's own name for a node that it put in. */
  readonly node: string;
  /** Its name in the runtime's optimised graph and trace. */
  readonly kernel: string;
  /** As the runtime runs it: fused and inserted ops have names of their own. */
  readonly opType: string;
  /** The execution provider it ran on. */
  readonly provider: string;
  /** Median over runs of its time in a run. */
  readonly ms: number;
  /** Of all kernels' time. */
  readonly share: number;
  /** In one run: more than 1 in a loop. */
  readonly calls: number;
  /** Read and written in a run: activations, outputs, weights. */
  readonly bytes: number;
  /** Multiply-accumulates of a run, where they are known. */
  readonly macs?: number;
  readonly bound: Bound;
  /** False for a node that the runtime put in: a layout change, a copy between devices, a cast. */
  readonly inModel: boolean;
}

export interface Receipt {
  readonly backend: string;
  readonly runtime: string;
  readonly threads: number;
  readonly runs: number;
  /** A run as the caller feels it, without tracing. */
  readonly latencyMs: Measurement;
  /** A traced run inside the runtime: its median. */
  readonly totalMs: number;
  /** All kernels of a run: the sum of their medians. */
  readonly kernelMs: number;
  /** The most memory the runtime's arena held for values, bytes. */
  readonly peakBytes: number;
  /** In descending order of time. */
  readonly nodes: readonly ReceiptNode[];
  readonly byOpType: readonly { readonly opType: string; readonly nodes: number; readonly ms: number; readonly share: number }[];
  readonly byProvider: Readonly<Record<string, { readonly nodes: number; readonly ms: number; readonly share: number }>>;
  readonly rates?: MachineRates;
  /** The runtime's events of the counted runs, for a timeline. */
  readonly events: readonly TraceEvent[];
}
