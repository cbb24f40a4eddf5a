// Shared by the target files: op lists as sets, the formats MatMulNBits takes.
import type { OpKey } from '@modeldiet/onnx-io';
import type { WeightFormat } from './target';

export const opSet = (words: string): ReadonlySet<OpKey> => new Set(words.split(' '));

export const nBits = (source: string, accuracyLevel?: number): WeightFormat => ({
  op: 'com.microsoft:MatMulNBits',
  bits: [2, 4, 8],
  blockSizes: [16, 32, 64, 128, 256],
  ...(accuracyLevel !== undefined && { accuracyLevel }),
  source,
});
