// The receipt of a model: what each node of a run costs, from ONNX Runtime's own trace.
import { type Model, requireModel } from '@modeldiet/onnx-io';
import { type Backend, bindFeeds, type SessionOptions, withSession } from '@modeldiet/runtime';
import { type Batches, checkpoint, type Feeds } from '@modeldiet/tensor';
import { fail } from '../errors';
import { measure } from '../measure';
import { grouped, lastRuns, medianOf, nodesOf } from './nodes';
import { type MachineRates, machineRates } from './rates';
import type { Receipt } from './receipt';
import { peakOf } from './work';

export interface ProfileModelOptions extends SessionOptions {
  readonly backend: Backend;
  /** Items to run, in turn. */
  readonly feeds: Batches | Feeds;
  /** Traced runs; default 20. */
  readonly runs?: number;
  /** Runs before them, which do not count; default 3. */
  readonly warmup?: number;
  /** The machine's ceilings; default measured once for each backend and thread count. false: none, and `bound` is null. */
  readonly rates?: MachineRates | false;
}

const knownRates = new WeakMap<object, Map<number, Promise<MachineRates>>>();

/** Rates are a fact of the machine: measured once for a backend and thread count. */
function ratesFor(backend: Backend, options: SessionOptions): Promise<MachineRates> {
  const { threads = 1, signal } = options;
  let byThreads = knownRates.get(backend);
  if (!byThreads) knownRates.set(backend, (byThreads = new Map()));
  let rates = byThreads.get(threads);
  if (!rates) {
    rates = machineRates(backend, { threads: options.threads, signal });
    byThreads.set(threads, rates);
    rates.catch(() => byThreads.delete(threads));
  }
  return rates;
}

const isFeeds = (feeds: Batches | Feeds): feeds is Feeds => !(Symbol.iterator in feeds) && !(Symbol.asyncIterator in feeds);

async function itemsOf(feeds: Batches | Feeds, most: number): Promise<Feeds[]> {
  if (isFeeds(feeds)) return [feeds];
  const items: Feeds[] = [];
  for await (const item of feeds as AsyncIterable<Feeds>) {
    items.push(item);
    if (items.length === most) break;
  }
  if (items.length === 0) throw fail('no-feeds');
  return items;
}

/**
 * Runs a model under the runtime's own trace and says what each node cost: time, share, calls, provider, bytes, and whether its operations or its bytes bound
 * it on this machine. Fused kernels are listed under the product they came from. Throws `profiler/no-feeds`, and what the backend throws.
 * @example
 * const { nodes } = await profileModel(model, { backend, feeds: randomFeeds(model) });
 */
export async function profileModel(model: Model, options: ProfileModelOptions): Promise<Receipt> {
  requireModel(model);
  const { backend, feeds, runs: wanted = 20, warmup = 3, rates: given, ...settings } = options;
  const { signal, onProgress, onWarning } = options;
  if (!Number.isInteger(wanted) || wanted < 1) throw fail('bad-option', { where: { option: 'runs' }, expected: '1 or more', actual: wanted });
  const items = await itemsOf(feeds, wanted);
  const rates = given === false ? undefined : (given ?? (await ratesFor(backend, settings)));
  const events = await withSession(backend, model, { ...settings, trace: true }, async (session) => {
    const bound = items.map((item) => bindFeeds(session.inputs, item));
    for (let run = 0; run < warmup + wanted; run++) {
      await checkpoint({ signal, onProgress, onWarning }, { phase: 'profile', done: run, total: warmup + wanted, unit: 'samples' });
      await session.run(bound[run % bound.length]!, { signal });
    }
    return session.trace!();
  });
  const runs = lastRuns(events, wanted);
  if (runs.length === 0) throw fail('no-trace', { expected: `${wanted} runs`, actual: 0 });
  const latencyMs = await withSession(backend, model, settings, async (session) => {
    const bound = bindFeeds(session.inputs, items[0]!);
    return measure(() => session.run(bound), { signal, maxTimeMs: 1000 });
  });
  const nodes = nodesOf(model, runs, rates);
  return {
    backend: backend.name,
    runtime: backend.runtime,
    threads: settings.threads ?? 1,
    runs: runs.length,
    latencyMs,
    totalMs: medianOf(runs.map(({ us }) => us / 1e3)),
    kernelMs: nodes.reduce((sum, { ms }) => sum + ms, 0),
    peakBytes: Math.max(0, ...runs.flatMap(({ kernels }) => kernels.map(peakOf))),
    nodes,
    byOpType: [...grouped(nodes, ({ opType }) => opType)].map(([opType, group]) => ({ opType, ...group })).sort((a, b) => b.ms - a.ms),
    byProvider: Object.fromEntries(grouped(nodes, ({ provider }) => provider)),
    ...(rates && { rates }),
    events: runs.flatMap(({ kernels }) => kernels),
  };
}
