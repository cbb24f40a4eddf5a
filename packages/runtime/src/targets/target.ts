// What a quantizer must know of the place a model will run: a value of facts, each figure with its source.
import type { OpKey } from '@modeldiet/onnx-io';

export interface WeightFormat {
  readonly op: OpKey;
  readonly bits: readonly number[];
  readonly blockSizes: readonly number[];
  readonly accuracyLevel?: number;
  readonly source: string;
}
/** A pattern that runs slower there than its float form; `ratio` is float time / pattern time, below 1 is slower. */
export interface SlowPattern {
  readonly pattern: string;
  readonly ratio: number;
  readonly source: string;
}
/** No code branches on a target's name. */
export interface Target {
  readonly name: string;
  readonly maxOpset: number;
  readonly maxIr: number;
  /** u8 activations x s8 weights add pairs in 16 bits and saturate (x86 without VNNI). */
  readonly saturatesU8S8: boolean;
  readonly float16: 'native' | 'emulated' | 'storage';
  readonly nativeOps: ReadonlySet<OpKey>;
  /** Native ops whose kernels stop at an opset: above it they are as if not native. */
  readonly nativeUntil?: ReadonlyMap<OpKey, number>;
  /** Ops that run all the same, elsewhere and behind copies: on the CPU beside a GPU. */
  readonly fallbackOps?: ReadonlySet<OpKey>;
  readonly weightFormats: readonly WeightFormat[];
  readonly slower: readonly SlowPattern[];
}
