import { shrink } from './shrink.js';

addEventListener('message', async ({ data }) => postMessage(await shrink(data)));
