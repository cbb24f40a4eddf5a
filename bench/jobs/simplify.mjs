// One simplification in a process of its own, so that its peak memory is its own: read, simplify, save. Prints { seconds, nodes, startRssMB, peakRssMB } as JSON.
import { allNodes, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { simplify } from '@modeldiet/simplify';

const startRssMB = process.memoryUsage().rss / 2 ** 20;
const start = performance.now();
const { model } = await simplify(await readModel(process.argv[2]));
await saveModel(model);
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, nodes: [...allNodes(model)].length, startRssMB, peakRssMB: process.resourceUsage().maxRSS / 1024 }));
