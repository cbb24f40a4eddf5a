// For tests: a pass on a model, and what is left of it.
import {
  allNodes,
  type Change,
  type GraphBuilder,
  graphBuilder,
  keyOf,
  type Model,
  opKey,
  orderedNodes,
  type Pass,
  type Skip,
  transform,
} from '@modeldiet/onnx-io';

export interface Outcome {
  readonly model: Model;
  /** Op keys of the main graph, producers first. */
  readonly ops: readonly string[];
  readonly changed: readonly Change[];
  readonly skipped: readonly Skip[];
  readonly outputs: readonly string[];
}

export async function runPass(pass: Pass, model: Model): Promise<Outcome> {
  const { model: out, report } = await transform('test', model, { allowEmpty: true }, pass);
  return {
    model: out,
    ops: orderedNodes(out.graph).map(opKey),
    changed: report.changed,
    skipped: report.skipped,
    outputs: out.graph.outputs.map(({ name }) => name),
  };
}

export const build = (write: (g: GraphBuilder) => void, options: Parameters<typeof graphBuilder>[0] = {}): Model => {
  const g = graphBuilder(options);
  write(g);
  return g.model();
};

export const keys = (model: Model): string[] => [...allNodes(model)].map(keyOf);
