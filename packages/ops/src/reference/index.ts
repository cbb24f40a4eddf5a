export { type InterpretOptions, interpret } from './interpret';
export type { Datum, Kernel, RunBody } from './kernel';
export { kernels } from './kernels';
