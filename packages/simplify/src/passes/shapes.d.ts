import { type Pass } from '@modeldiet/onnx-io';
/** Reshape targets as numbers, recurrent states that are zero, Concat with zeros. */
export declare const simplifyShapes: Pass;
/** Merges integer values that are the same extents by name ('batch', '4*batch'), however they are computed. Functions are left out: their extents differ from call to call. */
export declare const mergeExtents: Pass;
