// Before a model is run by its path: is the file there still the one that was read?
import { allGraphs, type Model } from '@modeldiet/onnx-io';
import { isLazy, type LazyTensor, type LongWork } from '@modeldiet/tensor';

/** Asks the file, and reads the smallest weight that is still in one (it may be a data file): its source notices when it is not the one that was loaded. */
export async function checkUnchanged(model: Model, work: LongWork): Promise<void> {
  await model.origin?.check?.();
  let smallest: LazyTensor | undefined;
  for (const graph of allGraphs(model))
    for (const { initializer } of graph.initializers)
      if (initializer && isLazy(initializer) && initializer.byteLength < (smallest?.byteLength ?? 2 ** 24)) smallest = initializer;
  await smallest?.load(work);
}
