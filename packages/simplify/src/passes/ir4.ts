// Before IR 4 every initializer is a graph input too.
import { allGraphs, edit, type Model } from '@modeldiet/onnx-io';

/**
 * Raises a model before IR 4 to it, so that it may have initializers of its own. Until then every initializer is a graph input too and so could be fed; from IR 4 on the list of inputs holds
 * only those a caller may feed. Nobody feeds weights: they leave the list. Returns how many.
 */
export function toIr4(model: Model): number {
  if (model.irVersion >= 4) return 0;
  let fixed = 0;
  for (const graph of allGraphs(model))
    for (const value of [...graph.inputs])
      if (value.initializer) {
        edit.fixInitializer(value);
        fixed++;
      }
  edit.setIrVersion(model, 4);
  return fixed;
}

export const ir4Warning = (fixed: number) => ({
  code: 'simplify/ir-4',
  message: `raised to IR 4: ${fixed} initializers are no longer listed as graph inputs`,
  where: {},
  count: fixed,
});
