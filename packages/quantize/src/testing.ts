// Helpers of this package's tests: a model run before and after, and what came out.
import { readFileSync } from 'node:fs';
import { isModelDietError } from '@modeldiet/numfmt';
import { type GraphBuilder, graphBuilder, loadModel, type Model, type Report, saveModel, type Value } from '@modeldiet/onnx-io';
import { compareModels, ortBackend } from '@modeldiet/runtime';
import { random, type Tensor, tensor } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';

export const backend = ortBackend(ort);

/** Standard normal numbers. */
export function normals(seed: string, dims: readonly number[]): Tensor<'float32'> {
  const source = random(seed);
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => source.normal()),
    dims,
  );
}

/** A model of opset 21 written by `write`, which returns its output. */
export function modelOf(write: (g: GraphBuilder) => Value, opset = 21): Model {
  const g = graphBuilder({ opset });
  g.output(write(g), 'y');
  return g.model();
}

export interface Diet {
  readonly bytes: number;
  readonly ratio: number;
  /** The worst output. */
  readonly sqnrDb: number;
}

/** Saves both, runs both on the same feeds, and compares. */
export async function dietOf(before: Model, after: Model, feeds: Readonly<Record<string, Tensor>>): Promise<Diet> {
  const [a, b] = [await saveModel(before), await saveModel(after)];
  const { outputs, notCompared } = await compareModels(a.bytes, b.bytes, { feeds: [feeds], backend });
  if (outputs.length === 0 || notCompared.length > 0) throw new Error(`not compared: ${JSON.stringify(notCompared)}`);
  return {
    bytes: b.bytes.length,
    ratio: b.bytes.length / a.bytes.length,
    sqnrDb: Math.min(...outputs.map(({ sqnrDb }) => sqnrDb ?? Number.POSITIVE_INFINITY)),
  };
}

export const opTypes = (model: Model): string[] => [...model.graph.nodes].map(({ opType }) => opType).sort();
export const skips = (report: Report): string[] => report.skipped.map(({ code }) => code);
export const fixture = (name: string): Promise<Model> => loadModel(readFileSync(new URL(`../../../fixtures/models/${name}`, import.meta.url)));

/** The code of the error that `run` ends in. */
export async function codeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (e) {
    if (isModelDietError(e)) return e.code;
    throw e;
  }
  return 'no error';
}
