import { type Model, type Value } from '@modeldiet/onnx-io';
import type { Shapes } from '@modeldiet/ops';
/** The extent that indices from this input must stay below; undefined when it looks nothing up. */
export declare function indexBound(input: Value, model: Model, shapes: Shapes): number | undefined;
