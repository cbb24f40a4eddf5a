// THE TABLE: what every known op is. One row an op, in table/*.ts by family; spread it into your own to add rows.
import type { OpTable } from './facts';
import { contrib } from './table/contrib';
import { ml } from './table/ml';
import { onnxTable } from './table/onnx';

/** Facts by op key: 'Conv', 'com.microsoft:MatMulNBits', 'ai.onnx.ml:Scaler'. Constant has no row: its value is in the node. */
export const table: OpTable = { ...onnxTable, ...contrib, ...ml };
