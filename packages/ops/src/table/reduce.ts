// Reductions and selections along an axis.
import type { OpTable } from '../facts';
import { argReduce, nonMaxSuppression, reduce, topK } from '../shapes/rules/reduce';
import { values } from '../shapes/values/move';
import { row, rows } from './row';

export const reductions: OpTable = {
  ReduceSum: row(reduce, 'accumulate', { values: values.ReduceSum }),
  ReduceProd: row(reduce, 'accumulate', { values: values.ReduceProd }),
  ReduceMax: row(reduce, 'exact', { values: values.ReduceMax }),
  ReduceMin: row(reduce, 'exact', { values: values.ReduceMin }),
  ...rows(['ReduceMean', 'ReduceL1', 'ReduceSumSquare'], row(reduce, 'accumulate')),
  ...rows(['ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp'], row(reduce, 'approximate')),
  ...rows(['ArgMax', 'ArgMin'], row(argReduce, 'exact')),
  TopK: row(topK, 'exact'),
  NonMaxSuppression: row(nonMaxSuppression, 'exact'),
};
