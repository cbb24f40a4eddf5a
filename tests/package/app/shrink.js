// What a web app does with the packages: a model's bytes in, a smaller model's bytes out.
import { kernelPath } from '@modeldiet/numfmt';
import { loadModel, saveModel } from '@modeldiet/onnx-io';
import { quantizeDynamic } from '@modeldiet/quantize';

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export async function shrink(url) {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const { model, report } = await quantizeDynamic(await loadModel(bytes), {});
  const small = (await saveModel(model)).bytes;
  return {
    before: bytes.length,
    after: small.length,
    changed: report.changed.length,
    kernels: kernelPath().path,
    sha256: hex(await crypto.subtle.digest('SHA-256', small)),
  };
}
