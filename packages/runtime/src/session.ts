// Sessions are opened through here, so that none outlives an error or an abort.
import type { Backend, ModelSource, Session, SessionOptions } from './backend';
import { fail } from './errors';
import { checkSource } from './model-source';

/** Opens a session, hands it to `use`, and releases it whatever happens. */
export async function withSession<R>(backend: Backend, source: ModelSource, options: SessionOptions, use: (session: Session) => Promise<R>): Promise<R> {
  const session = await backend.createSession(source, options);
  try {
    options.signal?.throwIfAborted();
    return await use(session);
  } finally {
    await session.release();
  }
}

/** Uses a session as it is, or opens one for a model through {@link withSession}. */
export function onSession<R>(
  source: ModelSource | Session,
  options: SessionOptions & { readonly backend?: Backend },
  use: (session: Session) => Promise<R>,
): Promise<R> {
  if (typeof source === 'object' && source !== null && 'run' in source) return use(source);
  checkSource(source);
  const { backend, ...rest } = options;
  if (!backend) throw fail('no-backend', { where: { option: 'backend' } });
  return withSession(backend, source, rest, use);
}
