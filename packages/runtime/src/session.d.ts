import type { Backend, ModelSource, Session, SessionOptions } from './backend';
/** Opens a session, hands it to `use`, and releases it whatever happens. */
export declare function withSession<R>(backend: Backend, source: ModelSource, options: SessionOptions, use: (session: Session) => Promise<R>): Promise<R>;
/** Uses a session as it is, or opens one for a model through {@link withSession}. */
export declare function onSession<R>(source: ModelSource | Session, options: SessionOptions & {
    readonly backend?: Backend;
}, use: (session: Session) => Promise<R>): Promise<R>;
