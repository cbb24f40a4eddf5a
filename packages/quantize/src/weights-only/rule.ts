// What a rule of weight-only quantization may ask of the run it is part of.
import type { OpKey } from '@modeldiet/onnx-io';
import type { LongWork } from '@modeldiet/tensor';
import type { DynamicWork } from '../dynamic/rule';
import type { NodeRule } from '../rewrite-nodes';

export type WeightBits = 8 | 4 | 2;

/** How 4- and 2-bit weights of MatMul and Gemm are held: ONNX Runtime's MatMulNBits, or blocks with DequantizeLinear (opset 21) in front of the float operator. */
export type BlockForm = 'matMulNBits' | 'dequantize';

export interface WeightsWork {
  readonly bits: WeightBits;
  readonly blockSize: number;
  readonly scheme: 'symmetric' | 'asymmetric';
  readonly form: BlockForm;
  /** MatMulNBits' accuracy_level; 4 computes in int8. */
  readonly accuracyLevel?: number;
  /** For the operators that are held in 8 bits whatever is asked. */
  readonly bytes: DynamicWork;
  readonly work: LongWork;
}

export type WeightsRule = NodeRule<WeightsWork>;
export type WeightsRules = Readonly<Record<OpKey, WeightsRule>>;
