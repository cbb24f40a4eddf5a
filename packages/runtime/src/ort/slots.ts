// Slots from what a session says of itself, and from the model where ORT is silent: it reports [] for a scalar and for an unknown rank alike.
import type { Value, ValueType } from '@modeldiet/onnx-io';
import type { DType } from '@modeldiet/tensor';
import type { Slot } from '../backend';
import { boundDim, type DimsByName } from '../bind-dims';
import type { OrtValueMetadata } from './module';

/** ORT in WebAssembly reports an unnamed unknown extent as -1 read as uint32, ORT in Node as ''. */
const unknownExtent = 0xffffffff;

/** A slot of one input or output. `dims` binds symbolic dims; unnamed unknown extents become fresh '?0', '?1', ... */
export function slotOf(metadata: OrtValueMetadata, declared: ValueType | undefined, dims: DimsByName, fresh: () => string): Slot {
  const { name } = metadata;
  if (!metadata.isTensor) return declared ? { name, type: declared } : { name };
  const dtype = metadata.type as DType;
  const said = metadata.shape?.length ? metadata.shape : declared?.kind === 'tensor' ? declared.shape : undefined;
  const extents = said?.map((dim, axis) => boundDim(name, axis, dim === '' || dim === unknownExtent ? fresh() : dim, dims));
  const type: ValueType = { kind: 'tensor', dtype, ...(extents && { shape: extents }) };
  return extents ? { name, type, dtype, dims: extents } : { name, type, dtype };
}

export function slotsOf(metadata: readonly OrtValueMetadata[], values: readonly Value[], dims: DimsByName, fresh: () => string): Slot[] {
  const declared = new Map(values.map((value) => [value.name, value.type]));
  return metadata.map((entry) => slotOf(entry, declared.get(entry.name), dims, fresh));
}

/** Makes '?0', '?1', ... */
export const freshDims = (): (() => string) => {
  let next = 0;
  return () => `?${next++}`;
};
