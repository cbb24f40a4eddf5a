// Ctrl-C and SIGTERM as an abort: the first asks the work to stop and clean up, the second ends the process at once.

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  done(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Listens until `done`. With `outer`, only that is listened to, and the process's signals are left alone. */
export function interruption(outer?: AbortSignal): Interruption {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Interrupted('stopped'));
  };
  if (outer?.aborted) stop();
  if (outer) outer.addEventListener('abort', stop, { once: true });
  else for (const name of signals) process.on(name, stop);
  const done = (): void => {
    if (outer) outer.removeEventListener('abort', stop);
    else for (const name of signals) process.off(name, stop);
  };
  return { signal: controller.signal, done };
}
