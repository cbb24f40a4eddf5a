// Opening a model and running it for the first time. Where a fresh process cannot be had, it is measured in this one, whose memory tells nothing of a model.
import type { Backend, ModelSource } from '@modeldiet/runtime';
import type { Feeds, LongWork } from '@modeldiet/tensor';

export interface ColdStart {
  readonly loadMs: number;
  readonly firstRunMs: number;
  readonly peakRssBytes: number | null;
}

/** Measures one model on feeds bound to its inputs; `./node` has one that gives each a process of its own. */
export type MeasureColdStart = (
  source: { readonly bytes: Uint8Array; readonly externalData: Readonly<Record<string, Uint8Array>> },
  feeds: Feeds,
  work: LongWork,
) => Promise<ColdStart>;

/** In this process. The runtime should have opened a model before, or the first one pays for its start. */
export const coldStartHere =
  (backend: Backend, threads?: number): MeasureColdStart =>
  async (source, feeds, { signal }) => {
    const started = performance.now();
    const session = await backend.createSession(source as ModelSource, { ...(threads && { threads }), ...(signal && { signal }) });
    const loaded = performance.now();
    try {
      const before = performance.now();
      await session.run(feeds);
      return { loadMs: loaded - started, firstRunMs: performance.now() - before, peakRssBytes: null };
    } finally {
      await session.release();
    }
  };
