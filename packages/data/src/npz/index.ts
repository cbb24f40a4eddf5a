export { fromNpy, toNpy } from './npy';
export { datasetToNpz, fromNpz, type NpzOptions, readNpz, toNpz } from './npz';
