import { type Model, type Skip } from '@modeldiet/onnx-io';
import type { Target } from './targets/target';
export declare function supportsOn(target: Target, model: Model): readonly Skip[];
