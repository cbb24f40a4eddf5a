export { fileTrace } from './node/file-trace';
export type { NodeBackendOptions } from './node/node-backend';
export { nodeBackend } from './node/node-backend';
export type { ResolvedOrt, ResolveOrtOptions } from './node/resolve-ort';
export { resolveOrt } from './node/resolve-ort';
export { tempModel } from './node/temp-model';
