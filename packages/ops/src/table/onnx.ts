// The rows of ai.onnx alone: enough to raise its opset, and a page need not load the others.
import type { OpTable } from '../facts';
import { control } from './control';
import { math } from './math';
import { nn } from './nn';
import { quant } from './quant';
import { reductions } from './reduce';
import { shape } from './shape';

export const onnxTable: OpTable = { ...math, ...nn, ...shape, ...reductions, ...control, ...quant };
