export type { Backend, ModelSource, RunOptions, Session, SessionOptions, Slot, TraceEvent } from './backend';
export type { SlowPattern, Target, WeightFormat } from './targets/target';
