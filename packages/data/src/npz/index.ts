export { fromNpy, toNpy } from './npy';
export { type DatasetToNpzOptions, datasetToNpz, fromNpz, type NpzOptions, readNpz, toNpz } from './npz';
