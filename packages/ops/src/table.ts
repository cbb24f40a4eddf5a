// THE TABLE: what every known op is. One row an op, in table/*.ts by family, axes and cost of ai.onnx in table/counted.ts; spread it into your own to add rows.
import type { OpTable } from './facts';
import { contrib } from './table/contrib';
import { counted } from './table/counted';
import { ml } from './table/ml';
import { onnxTable } from './table/onnx';

/** Rows of shapes with what table/counted.ts adds to them. */
const whole = (rows: OpTable): OpTable => Object.fromEntries(Object.entries(rows).map(([key, facts]) => [key, { ...facts, ...counted[key] }]));

/** Facts by op key: 'Conv', 'com.microsoft:MatMulNBits', 'ai.onnx.ml:Scaler'. Constant has no row: its value is in the node. */
export const table: OpTable = /* @__PURE__ */ (() => ({ ...whole(onnxTable), ...contrib, ...ml }))();
