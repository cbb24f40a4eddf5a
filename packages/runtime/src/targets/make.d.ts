import type { OpKey } from '@modeldiet/onnx-io';
import type { WeightFormat } from './target';
export declare const opSet: (words: string) => ReadonlySet<OpKey>;
export declare const nBits: (source: string, accuracyLevel?: number) => WeightFormat;
