import { type Model } from '@modeldiet/onnx-io';
import { type LongWork } from '@modeldiet/tensor';
import type { ModelSource, SessionOptions } from '../backend';
import { type OrtModule } from './module';
/** Writes a model where the runtime can open it; `remove` deletes it. `./node` has one. */
export type Spill = (model: Model, work?: LongWork) => Promise<{
    readonly path: string;
    remove(): Promise<void>;
}>;
export interface OrtSource {
    readonly model: string | Uint8Array;
    /** More options for `InferenceSession.create`. */
    readonly options?: object;
    readonly discard?: () => Promise<void>;
}
/** Throws `runtime/unsupported-dtype` for an input or output that would fail, or end the process, inside ORT. */
export declare function checkCrossing(ort: OrtModule, model: Model): void;
export declare function sourceFor(ort: OrtModule, source: ModelSource, options: SessionOptions, spill?: Spill): Promise<OrtSource>;
/** The model behind bytes, for its declared types alone; undefined where it cannot be read here (a path, or bytes only the runtime understands). */
export declare function structureOf(source: ModelSource): Promise<Model | undefined>;
