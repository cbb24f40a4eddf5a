// A session that is dropped without `release` holds the runtime's memory until the process ends: it is released late, and that is said.
import type { LongWork, Warning } from '@modeldiet/tensor';
import type { OrtSession } from './module';

interface Held {
  readonly session: OrtSession;
  readonly name: string;
  readonly onWarning: LongWork['onWarning'];
}

const registry =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry<Held>(({ session, name, onWarning }) => {
        const warning: Warning = { code: 'runtime/session-leaked', message: `a session of ${name} was dropped without release()`, where: {} };
        if (onWarning) onWarning(warning);
        else console.warn(warning.message);
        session.release().catch(() => {});
      });

/** Watches `owner`; the returned function ends the watch. `onWarning` must not hold `owner`. */
export function watchLeak(owner: object, held: Held): () => void {
  const token = {};
  registry?.register(owner, held, token);
  return () => registry?.unregister(token);
}
