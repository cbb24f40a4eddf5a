export type { Batches, Constant, DataOf, Dataset, DeviceTensor, DType, Feeds, LazyTensor, OpaqueTensor, SparseTensor, Tensor, Warning, Weight } from './types';
export type { LongWork, Progress } from './work';
export { checkpoint } from './work';
