import { kernelPath } from '@modeldiet/numfmt';
import { shrink } from './shrink.js';

const run = async (url) => {
  const answer = await shrink(new Uint8Array(await (await fetch(url)).arrayBuffer()));
  return { ...answer, kernels: kernelPath().path };
};

globalThis.answer = run('/model.onnx');
