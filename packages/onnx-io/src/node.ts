export { type FileSourceOptions, fileSource } from './node/file-source';
export { type ReadOptions, readModel } from './node/read-model';
export { type WriteOptions, type Written, writeModel } from './node/write-model';
