import { type Dim, type Value } from '@modeldiet/onnx-io';
import { type Context, type Rule } from '../rule';
/** 0 copies the input's extent at the same place, -1 is what is left; undefined where that does not say it. */
export declare function targetOf(before: readonly Dim[], after: readonly Dim[]): readonly number[] | undefined;
export declare const reshapeTarget: Rule;
/** A value that is zero everywhere: a constant, or ConstantOfShape and what only rearranges it. */
export declare function isZero(value: Value, context: Context): boolean;
/** initial_h and initial_c of recurrent ops are zero when left out. */
export declare const zeroStates: Rule;
/** Concat of a value and zeros is a Pad: the zeros need not be stored or made. */
export declare const concatOfZeros: Rule;
