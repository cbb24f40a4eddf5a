// Only the newest of a row of jobs matters: a new one stops the one before.

/** Runs jobs so that each stops the one before it. What a stopped job throws is nobody's concern; other errors go to `onError`. */
export function latest(onError: (e: unknown) => void): { run(job: (signal: AbortSignal) => Promise<void>, delayMs?: number): void; stop(): void } {
  let current: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    current?.abort();
  };
  return {
    stop,
    run: (job, delayMs = 0) => {
      stop();
      const { signal } = (current = new AbortController());
      const start = async (): Promise<void> => {
        try {
          await job(signal);
        } catch (e) {
          if (!signal.aborted) onError(e);
        }
      };
      timer = setTimeout(start, delayMs);
    },
  };
}
