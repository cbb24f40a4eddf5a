// Trace events of several runs, added up to one row a node.
import { keyOf, type Model, type Node } from '@modeldiet/onnx-io';
import type { TraceEvent } from '@modeldiet/runtime';
import { quantileOf } from '../measurement';
import { originsOf } from './origin';
import type { MachineRates } from './rates';
import type { ReceiptNode } from './receipt';
import { boundOf } from './roofline';
import { factsOf, type NodeFacts } from './weights';
import { bytesOf, isProduct, macsOf } from './work';

export interface Run {
  readonly us: number;
  readonly kernels: readonly TraceEvent[];
}

/** The last `count` runs of a trace. */
export function lastRuns(events: readonly TraceEvent[], count: number): Run[] {
  const spans = events.filter(({ opType, node }) => opType === '' && node === 'model_run').slice(-count);
  return spans.map(({ startUs, durationUs }) => ({
    us: durationUs,
    kernels: events.filter((event) => event.opType !== '' && event.startUs >= startUs && event.startUs <= startUs + durationUs),
  }));
}

interface Sum {
  readonly event: TraceEvent;
  readonly ms: number[];
  readonly node: Node | undefined;
  readonly facts: NodeFacts | undefined;
  calls: number;
  bytes: number;
  /** Of the bytes: parameters. */
  parameters: number;
  macs: number | undefined;
}

export const medianOf = (values: readonly number[]): number => quantileOf(Float64Array.from(values).sort(), 0.5);

/** One sum for each kernel of the optimised graph, its time a list over runs. */
function sumsOf(model: Model, runs: readonly Run[]): Map<string, Sum> {
  const origin = originsOf(model);
  const facts = factsOf(model);
  const sums = new Map<string, Sum>();
  const sumOf = (event: TraceEvent): Sum => {
    const key = `${event.node}\0${event.opType}\0${String(event.args.node_index ?? '')}`;
    let sum = sums.get(key);
    if (!sum) {
      const node = origin(event.node, event.opType);
      const own = node && facts.get(keyOf(node));
      sum = { event, node, facts: own, ms: new Array<number>(runs.length).fill(0), calls: 0, bytes: 0, parameters: 0, macs: undefined };
      sums.set(key, sum);
    }
    return sum;
  };
  runs.forEach(({ kernels }, run) => {
    for (const event of kernels) {
      const sum = sumOf(event);
      sum.ms[run]! += event.durationUs / 1e3;
      sum.calls += 1 / runs.length;
      sum.bytes += bytesOf(event) / runs.length;
      sum.parameters += (Number(event.args.parameter_size ?? 0) || 0) / runs.length;
      const macs = macsOf(event, sum.facts?.filter);
      if (macs !== undefined) sum.macs = (sum.macs ?? 0) + macs / runs.length;
    }
  });
  return sums;
}

export function nodesOf(model: Model, runs: readonly Run[], rates: MachineRates | undefined): ReceiptNode[] {
  const rows = [...sumsOf(model, runs).values()].map(({ event, node, facts, ms, calls, bytes, parameters, macs }) => {
    const time = medianOf(ms);
    // Weights packed beforehand are in no event, though a bias beside them is: they are read once a call.
    const packed = isProduct(event) ? Math.max(0, (facts?.weightBytes ?? 0) * calls - parameters) : 0;
    // The model's own figure where its shapes are fixed: a blocked layout pads channels, and its events count the padding.
    const work = facts?.macs !== undefined ? facts.macs * calls : macs;
    return { node, event, time, calls: Math.round(calls * 100) / 100, bytes: Math.round(bytes + packed), macs: work && Math.round(work) };
  });
  const all = rows.reduce((sum, { time }) => sum + time, 0);
  return rows
    .map(
      ({ node, event, time, calls, bytes, macs }): ReceiptNode => ({
        node: node ? keyOf(node) : event.node,
        kernel: event.node,
        opType: event.opType,
        provider: event.provider,
        ms: time,
        share: all > 0 ? time / all : 0,
        calls,
        bytes,
        ...(macs !== undefined && { macs }),
        bound: rates ? boundOf(time, macs, bytes, rates) : null,
        inModel: node !== undefined,
      }),
    )
    .sort((a, b) => b.ms - a.ms);
}

export function grouped(nodes: readonly ReceiptNode[], key: (node: ReceiptNode) => string): Map<string, { nodes: number; ms: number; share: number }> {
  const groups = new Map<string, { nodes: number; ms: number; share: number }>();
  for (const node of nodes) {
    const group = groups.get(key(node)) ?? { nodes: 0, ms: 0, share: 0 };
    groups.set(key(node), { nodes: group.nodes + 1, ms: group.ms + node.ms, share: group.share + node.share });
  }
  return groups;
}
