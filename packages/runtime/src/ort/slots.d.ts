import type { Value, ValueType } from '@modeldiet/onnx-io';
import type { Slot } from '../backend';
import { type DimsByName } from '../bind-dims';
import type { OrtValueMetadata } from './module';
/** A slot of one input or output. `dims` binds symbolic dims; unnamed unknown extents become fresh '?0', '?1', ... */
export declare function slotOf(metadata: OrtValueMetadata, declared: ValueType | undefined, dims: DimsByName, fresh: () => string): Slot;
export declare function slotsOf(metadata: readonly OrtValueMetadata[], values: readonly Value[], dims: DimsByName, fresh: () => string): Slot[];
/** Makes '?0', '?1', ... */
export declare const freshDims: () => (() => string);
