// Datasets from the file system.
export { type FromPathOptions, fileSource, fromPath } from './node/from-path';
