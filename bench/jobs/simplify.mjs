// One simplification in a process of its own, so that its peak memory is its own: read, simplify, save. Prints { loadSimplify, seconds (with the save), nodes, startRssMB, peakRssMB } as JSON.
import { existsSync, readFileSync } from 'node:fs';
import { allNodes, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { simplify } from '@modeldiet/simplify';

const startRssMB = process.memoryUsage().rss / 2 ** 20;
const start = performance.now();
const { model } = await simplify(await readModel(process.argv[2]));
const loadSimplify = (performance.now() - start) / 1000;
await saveModel(model);
const seconds = (performance.now() - start) / 1000;
// The kernel's high-water mark of this program; maxRSS would start with what the parent had when it forked.
const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
const peakKB = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
console.log(JSON.stringify({ loadSimplify, seconds, nodes: [...allNodes(model)].length, startRssMB, peakRssMB: peakKB / 1024 }));
