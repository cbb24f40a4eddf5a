export { type FileSourceOptions, fileSource } from './node/file-source';
export { type ReadOptions, readModel } from './node/read-model';
export { readSafetensors, writeSafetensors } from './node/safetensors';
export { type WriteOptions, type Written, writeModel } from './node/write-model';
