// THE TABLE: what every known op is. One row an op, in table/*.ts by family; spread it into your own to add rows.
import type { OpTable } from './facts';
import { contrib } from './table/contrib';
import { control } from './table/control';
import { math } from './table/math';
import { ml } from './table/ml';
import { nn } from './table/nn';
import { quant } from './table/quant';
import { reductions } from './table/reduce';
import { shape } from './table/shape';

/** The rows of ai.onnx alone: enough to raise its opset, and a page need not load the others. */
export const onnxTable: OpTable = { ...math, ...nn, ...shape, ...reductions, ...control, ...quant };

/** Facts by op key: 'Conv', 'com.microsoft:MatMulNBits', 'ai.onnx.ml:Scaler'. Constant has no row: its value is in the node. */
export const table: OpTable = { ...onnxTable, ...contrib, ...ml };
