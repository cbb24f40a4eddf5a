import { type DeviceTensor, type Tensor } from '@modeldiet/tensor';
import type { Slot } from './backend';
type Given = Readonly<Record<string, Tensor | DeviceTensor>>;
/** Throws `runtime/missing-feed`, `unknown-feed`, `feed-dtype`, `feed-rank`, `feed-dims`; each names the input. */
export declare function checkFeeds(inputs: readonly Slot[], feeds: Given): void;
/** 'float32 [batch,64]'. */
export declare const describeSlot: (slot: Slot) => string;
/** Throws `runtime/feed-length` where the data does not fill the dims. */
export declare function checkLength({ type, dims, data }: Tensor, value: string): void;
export {};
