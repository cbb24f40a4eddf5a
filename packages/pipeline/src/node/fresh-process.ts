// Opening and first run of a model in processes of their own, as compareVariants measures them.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { median } from '@modeldiet/tensor';
import type { ColdStart, MeasureColdStart } from '../cold-start';
import { inOwnProcess } from './own-process';

export interface FreshProcessOptions {
  /** The runtime's module file: `resolved.path` of `nodeBackend`. */
  readonly ort: string;
  /** Default 1. */
  readonly threads?: number;
  /** Processes for each model; the median of their times and memory counts. Default 3. */
  readonly processes?: number;
}

/**
 * Measures each model in fresh processes. Feeds must be bound to the model's inputs by name. Throws `pipeline/child-failed` with what the process said, `child-crashed`.
 * @example
 * const backend = await nodeBackend();
 * await compareVariants(variants, { ...options, coldStart: freshProcess({ ort: backend.resolved.path }) });
 */
export function freshProcess({ ort, threads = 1, processes = 3 }: FreshProcessOptions): MeasureColdStart {
  return async ({ bytes, externalData }, feeds, { signal }) => {
    const folder = await mkdtemp(join(tmpdir(), 'modeldiet-'));
    try {
      const model = join(folder, 'model.onnx');
      await writeFile(model, bytes);
      for (const [location, data] of Object.entries(externalData)) {
        const file = join(folder, ...location.split('/'));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, data);
      }
      const runs: ColdStart[] = [];
      for (let i = 0; i < processes; i++) runs.push(await inOwnProcess({ ort, file: model, feeds, threads, ...(signal && { signal }) }));
      return {
        loadMs: median(runs.map(({ loadMs }) => loadMs)),
        firstRunMs: median(runs.map(({ firstRunMs }) => firstRunMs)),
        peakRssBytes: Math.round(median(runs.map(({ peakRssBytes }) => peakRssBytes ?? 0))),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
