import { kernelPath } from '@modeldiet/numfmt';
import { shrink } from './shrink.js';

addEventListener('message', async ({ data }) => {
  const answer = await shrink(new Uint8Array(await (await fetch(data)).arrayBuffer()));
  postMessage({ ...answer, kernels: kernelPath().path });
});
