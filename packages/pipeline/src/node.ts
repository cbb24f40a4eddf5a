export { type FreshProcessOptions, freshProcess } from './node/fresh-process';
export { inOwnProcess, type OwnProcessOptions } from './node/own-process';
export { webRuntimeFiles } from './node/web-runtime-files';
