// The roofline of a model (Williams, Waterman, Patterson, 2009): each kernel's operations a byte, and how near it comes to what the machine allows at that.
import { type Model, requireModel } from '@modeldiet/onnx-io';
import { randomFeeds } from '@modeldiet/runtime';
import { type ProfileModelOptions, profileModel } from './profile-model';
import type { MachineRates } from './rates';
import type { ReceiptNode } from './receipt';
import type { Bound } from './roofline';

export interface RooflineOptions extends Omit<ProfileModelOptions, 'feeds' | 'rates'> {
  /** Items to run; default: feeds made up from the model, open dims as `dims` says. */
  readonly feeds?: ProfileModelOptions['feeds'];
  /** The machine's ceilings; default measured once for each backend and thread count. */
  readonly rates?: MachineRates;
}

export interface RooflinePoint extends Pick<ReceiptNode, 'node' | 'kernel' | 'opType' | 'ms' | 'share' | 'bytes'> {
  /** 2 a multiply-accumulate; 0 for a node that only moves or maps values. */
  readonly flops: number;
  /** Operations a byte read or written. */
  readonly intensity: number;
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
  /** The time that the machine's ceilings allow, as a share of the time it took: 1 is on the roof. */
  readonly efficiency: number;
  readonly bound: Bound;
}

export interface Roofline {
  readonly backend: string;
  readonly threads: number;
  readonly rates: MachineRates;
  /** Operations a byte at which both ceilings meet: below it bytes bound, above it operations do. */
  readonly ridge: number;
  /** In descending order of time. */
  readonly nodes: readonly RooflinePoint[];
  /** All kernels together. */
  readonly whole: Pick<RooflinePoint, 'ms' | 'flops' | 'bytes' | 'intensity' | 'efficiency'>;
}

const allowedMs = (flops: number, bytes: number, rates: MachineRates): number => 1e3 * Math.max(flops / rates.flopsPerSecond, bytes / rates.bytesPerSecond);
const ratio = (a: number, b: number): number => (b > 0 ? a / b : 0);

function pointOf({ node, kernel, opType, ms, share, bytes, macs = 0, bound }: ReceiptNode, rates: MachineRates): RooflinePoint {
  const flops = 2 * macs;
  return {
    node,
    kernel,
    opType,
    ms,
    share,
    bytes,
    flops,
    intensity: ratio(flops, bytes),
    flopsPerSecond: ratio(1e3 * flops, ms),
    bytesPerSecond: ratio(1e3 * bytes, ms),
    efficiency: ratio(allowedMs(flops, bytes, rates), ms),
    bound,
  };
}

/**
 * Where each kernel of a model stands under this machine's ceilings, from one profile. Needs a backend that traces. Values in a cache are faster than memory: an efficiency above 1 is one of those.
 * Throws what `profileModel` throws, and `runtime/unbound-dim` where feeds are made up and a dim is open.
 * @example
 * const { ridge, nodes } = await roofline(model, { backend, dims: { batch: 1 } });
 */
export async function roofline(model: Model, options: RooflineOptions): Promise<Roofline> {
  requireModel(model);
  const { feeds = randomFeeds(model, { dims: options.dims }), ...rest } = options;
  const receipt = await profileModel(model, { ...rest, feeds });
  const rates = receipt.rates!;
  const nodes = receipt.nodes.map((node) => pointOf(node, rates));
  const total = (of: 'ms' | 'flops' | 'bytes'): number => nodes.reduce((sum, node) => sum + node[of], 0);
  const [ms, flops, bytes] = [total('ms'), total('flops'), total('bytes')];
  const allowed = nodes.reduce((sum, node) => sum + allowedMs(node.flops, node.bytes, rates), 0);
  return {
    backend: receipt.backend,
    threads: receipt.threads,
    rates,
    ridge: rates.flopsPerSecond / rates.bytesPerSecond,
    nodes,
    whole: { ms, flops, bytes, intensity: ratio(flops, bytes), efficiency: ratio(allowed, ms) },
  };
}
