import type { LongWork } from '@modeldiet/tensor';
import type { OrtSession } from './module';
interface Held {
    readonly session: OrtSession;
    readonly name: string;
    readonly onWarning: LongWork['onWarning'];
}
/** Watches `owner`; the returned function ends the watch. `onWarning` must not hold `owner`. */
export declare function watchLeak(owner: object, held: Held): () => void;
export {};
