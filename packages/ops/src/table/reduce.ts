// Reductions and selections along an axis.
import { argReduceAxes, reduceAxes, topKAxes } from '../axes/movement';
import type { OpTable } from '../facts';
import { argReduce, nonMaxSuppression, reduce, topK } from '../shapes/rules/reduce';
import { values } from '../shapes/values/move';
import { row, rows } from './row';

export const reductions: OpTable = {
  ReduceSum: row(reduce, 'accumulate', { axes: reduceAxes, values: values.ReduceSum }),
  ReduceProd: row(reduce, 'accumulate', { axes: reduceAxes, values: values.ReduceProd }),
  ReduceMax: row(reduce, 'exact', { axes: reduceAxes, values: values.ReduceMax }),
  ReduceMin: row(reduce, 'exact', { axes: reduceAxes, values: values.ReduceMin }),
  ...rows(['ReduceMean', 'ReduceL1', 'ReduceSumSquare'], row(reduce, 'accumulate', { axes: reduceAxes })),
  ...rows(['ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp'], row(reduce, 'approximate', { axes: reduceAxes })),
  ...rows(['ArgMax', 'ArgMin'], row(argReduce, 'exact', { axes: argReduceAxes })),
  TopK: row(topK, 'exact', { axes: topKAxes }),
  NonMaxSuppression: row(nonMaxSuppression, 'exact', { axes: (node) => `${['bn_', 'bcn', '_', '_', '_'].slice(0, node.inputs.length).join(',')}->_` }),
};
