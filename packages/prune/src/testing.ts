// Helpers of this package's tests.
import { readFileSync } from 'node:fs';
import { isModelDietError } from '@modeldiet/numfmt';
import { type GraphBuilder, graphBuilder, loadModel, type Model, saveModel, type Value } from '@modeldiet/onnx-io';
import { random, type Tensor, tensor } from '@modeldiet/tensor';

export function normals(seed: string, dims: readonly number[]): Tensor<'float32'> {
  const source = random(seed);
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => source.normal()),
    dims,
  );
}

export function modelOf(write: (g: GraphBuilder) => Value): Model {
  const g = graphBuilder();
  g.output(write(g), 'y');
  return g.model();
}

export const fixture = (name: string): Promise<Model> => loadModel(readFileSync(new URL(`../../../fixtures/models/${name}`, import.meta.url)));
export const bytesOf = async (model: Model): Promise<Uint8Array> => (await saveModel(model)).bytes;

export async function codeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (e) {
    if (isModelDietError(e)) return e.code;
    throw e;
  }
  return 'no error';
}
