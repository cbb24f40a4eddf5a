import type { DeviceTensor, Tensor } from '@modeldiet/tensor';
import { type OrtModule, type OrtTensor } from './module';
/** Why a graph input (or output) of this type cannot be used with this runtime; undefined when it can. */
export declare function cannotCross(ort: OrtModule, dtype: string, direction: 'input' | 'output'): string | undefined;
/** A feed as ORT takes it: the data is shared, not copied. Throws `runtime/unsupported-dtype`, `runtime/feed-length`. */
export declare function toOrt(ort: OrtModule, tensor: Tensor, value: string): OrtTensor;
/** A result as ours. ORT has copied it out of its memory already, in Node and in WebAssembly alike (the conformance suite checks it). */
export declare function fromOrt(tensor: OrtTensor, value: string): Tensor;
/** A result that may sit on a device: left there as a {@link DeviceTensor} when `keep`, downloaded (and freed there) otherwise. */
export declare function fetchOrt(tensor: OrtTensor, value: string, keep: boolean): Promise<Tensor | DeviceTensor>;
/** The ORT tensor behind a {@link DeviceTensor} that {@link fetchOrt} made; undefined for any other. */
export declare const heldOnDevice: (tensor: Tensor | DeviceTensor) => OrtTensor | undefined;
