// What a web app does with the packages: a model's bytes in, a smaller model out. It hands back what a test can compare.
import { loadModel } from '@modeldiet/onnx-io';
import { quantizeDynamic } from '@modeldiet/quantize';

const sha256 = async (data) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', data))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export async function shrink(bytes) {
  const { model, report } = await quantizeDynamic(await loadModel(bytes), {});
  const weights = [];
  for (const { name, initializer } of model.graph.initializers) {
    const { type, dims, data } = 'load' in initializer ? await initializer.load() : initializer;
    weights.push({ name, type, dims: [...dims], sha256: await sha256(data) });
  }
  return { changed: report.changed.length, weights };
}
