export { byteLengthOf, bytesOf, bytesPerElement, tensorFromBytes } from './bytes';
export { type CastOptions, cast } from './cast';
export { broadcastDims, broadcastStrides, elementCount, normalizeAxis, sameDims, stridesOf } from './dims';
export { bitsOf, dtypes, formatOf, isDType, storageCount } from './dtypes';
export { errors } from './errors';
export { toFloat32, toFloat64, toNumbers } from './float32';
export { isLazy, isResident, lazyTensor, mapWeight, materialize } from './lazy';
export { type Random, random } from './random';
export { type Comparison, compare, compareValues, cosineSimilarity, klDivergence, mse, sqnr } from './stats/compare';
export {
  emptyFloatHistogram,
  type FloatBin,
  type FloatHistogram,
  floatBins,
  floatHistogram,
  floatPercentile,
  type Histogram,
  type HistogramOptions,
  histogram,
  mergeFloatHistograms,
  toLinear,
} from './stats/histogram';
export {
  type BootstrapOptions,
  bootstrapInterval,
  type Interval,
  type McNemar,
  mad,
  mcnemar,
  mean,
  meanInterval,
  median,
  percentile,
  standardDeviation,
  wilsonInterval,
} from './stats/sample';
export { type Summary, sparsity, summary } from './stats/summary';
export { filled, reshape, rows, tensor } from './tensor';
export type { Batches, Constant, DataOf, Dataset, DeviceTensor, DType, Feeds, LazyTensor, OpaqueTensor, SparseTensor, Tensor, Warning, Weight } from './types';
export type { LongWork, Progress } from './work';
export { checkpoint } from './work';
