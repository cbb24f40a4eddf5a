// The types of long work: how it is stopped, how it reports, how it stays polite to the event loop.
import type { Warning } from './types';

export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total?: number;
  readonly unit: 'bytes' | 'nodes' | 'weights' | 'batches' | 'steps' | 'samples';
  readonly item?: string;
}

/** Options of everything that may take long. An abort rejects with `signal.reason`. */
export interface LongWork {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onWarning?: (warning: Warning) => void;
}

const yieldEveryMs = 16;
let lastYield = 0;

/** Node's own way to the next task, which starts much faster there than a channel. */
const { setImmediate: immediate } = globalThis as { readonly setImmediate?: (task: () => void) => unknown };

const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    if (immediate) {
      immediate(resolve);
      return;
    }
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });

/** Called in every long loop: throws `signal.reason` when stopped, reports, and yields to the event loop at most every 16 ms. */
export async function checkpoint(work?: LongWork, progress?: Progress): Promise<void> {
  work?.signal?.throwIfAborted();
  if (progress) work?.onProgress?.(progress);
  const now = performance.now();
  if (now - lastYield < yieldEveryMs) return;
  await nextTask();
  lastYield = performance.now();
  work?.signal?.throwIfAborted();
}
