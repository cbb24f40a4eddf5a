// Which node ran on which execution provider, by the runtime's own trace: what was meant for a GPU and ran on the CPU.
import type { Batches, Feeds } from '@modeldiet/tensor';
import type { Backend, ModelSource, SessionOptions } from './backend';
import { bindFeeds } from './bind-feeds';
import { fail } from './errors';
import { withSession } from './session';

export interface PlacementOptions extends SessionOptions {
  readonly backend: Backend;
  /** The first item is run once. */
  readonly feeds: Batches;
}

export interface Placement {
  /** Nodes of the optimised graph, in running order, by the runtime's names. */
  readonly nodes: readonly { readonly node: string; readonly opType: string; readonly provider: string }[];
  /** Nodes by provider. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs a model once under trace. Needs a backend that traces. Throws `runtime/empty-dataset`, `runtime/trace-unavailable`. */
export async function placement(model: ModelSource, options: PlacementOptions): Promise<Placement> {
  const { backend, feeds, ...settings } = options;
  return withSession(backend, model, { ...settings, trace: true }, async (session) => {
    for await (const item of feeds as AsyncIterable<Feeds>) {
      await session.run(bindFeeds(session.inputs, item), { signal: settings.signal });
      const events = (await session.trace!()).filter(({ opType }) => opType !== '');
      const nodes = new Map(events.map(({ node, opType, provider }) => [`${node}\0${opType}`, { node, opType, provider }] as const));
      const counts: Record<string, number> = {};
      for (const { provider } of nodes.values()) counts[provider] = (counts[provider] ?? 0) + 1;
      return { nodes: [...nodes.values()], counts };
    }
    throw fail('empty-dataset', { where: { option: 'feeds' } });
  });
}
