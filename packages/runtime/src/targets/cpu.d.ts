import type { Target } from './target';
/**
 * The CPU provider. Assumes an x86 without VNNI, where u8 x s8 products saturate in 16 bits, so that what is made for it is right on every machine;
 * `cpu({ saturatesU8S8: false })` when the machine that will run the model is known to have VNNI, or is an Arm; {@link probeTarget} finds out.
 */
export declare function cpu(options?: {
    readonly saturatesU8S8?: boolean;
}): Target;
