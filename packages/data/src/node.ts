// Datasets from the file system.
export { type FromPathOptions, fileSource, fromPath } from './node/from-path';
export { fromImageFolder, type ImageFolder } from './node/image-folder';
