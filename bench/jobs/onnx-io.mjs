// One job of bench/onnx-io.bench.mjs in a process of its own, so that its peak memory is its own: prints { ms, peakRssMB, ... } as JSON.
import { readFileSync } from 'node:fs';
import { edit, graphBuilder, loadModel, saveModel } from '@modeldiet/onnx-io';
import { readModel, writeModel } from '@modeldiet/onnx-io/node';
import { convertFloat, quantizeDynamic, quantizeWeights } from '@modeldiet/quantize';
import { lazyTensor, tensor } from '@modeldiet/tensor';

const [job, ...args] = process.argv.slice(2);

/** A chain of `layers` MatMuls of `width`, float32, weights from a seed; nothing is in memory until it is written. */
function chain(layers, width) {
  const g = graphBuilder();
  const { graph } = g;
  let x = g.input('x', 'float32', ['batch', width]);
  for (let i = 0; i < layers; i++) {
    const dims = [width, width];
    const load = async () => {
      const data = new Float32Array(width * width);
      for (let k = 0, state = i + 1; k < data.length; k++) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        data[k] = state / 2 ** 35;
      }
      return tensor('float32', data, dims);
    };
    const w = edit.addInitializer(graph, `w${i}`, lazyTensor('float32', dims, load));
    x = edit.addNode(graph, { opType: 'MatMul', inputs: [x, w], outputs: [{ name: `y${i}` }] }).outputs[0];
  }
  edit.setOutputs(graph, [x]);
  return g.model();
}

/** A chain of `n` nodes; `full`: half of them with a weight, and every type written. */
const nodesOf = (n, full) => {
  const g = graphBuilder();
  const { graph } = g;
  let x = g.input('x', 'float32', ['batch', 4]);
  for (let i = 0; i < n; i++) {
    const inputs = full && i % 2 ? [x, edit.addInitializer(graph, `model.layers.${i}.bias`, tensor('float32', new Float32Array(4), [4]))] : [x];
    const opType = i % 2 ? (full ? 'Add' : 'Relu') : 'Softmax';
    const attributes = i % 2 ? {} : { axis: { kind: 'int', value: -1 } };
    const type = { kind: 'tensor', dtype: 'float32', shape: ['batch', 4] };
    const name = `/model/layers.${i}/${opType}`;
    x = edit.addNode(graph, { opType, name, inputs, attributes, outputs: [{ name: `${name}_output_0`, ...(full && { type }) }] }).outputs[0];
  }
  edit.setOutputs(graph, [x]);
  return g.model();
};

const median = (samples) => samples.sort((a, b) => a - b)[samples.length >> 1];
async function timed(times, f) {
  const samples = [];
  let last;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    last = await f();
    samples.push(performance.now() - start);
  }
  return { ms: median(samples), last };
}

const transformed =
  (diet) =>
  async ([path, out]) => {
    const { model, report } = await diet(await readModel(path));
    await writeModel(model, out);
    return { changed: report.changed.length };
  };

const jobs = {
  make: async ([layers, width, path]) => writeModel(chain(Number(layers), Number(width)), path),
  open: async ([path]) => ({ nodes: [...(await readModel(path)).graph.nodes].length }),
  copy: async ([path, out]) => writeModel(await readModel(path), out),
  float16: transformed((model) => convertFloat(model, { format: 'float16' })),
  int8: transformed((model) => quantizeDynamic(model, { granularity: 'perTensor' })),
  int4: transformed((model) => quantizeWeights(model, { bits: 4, blockSize: 32 })),
  memory: async ([path]) => {
    const bytes = new Uint8Array(readFileSync(path));
    const { ms } = await timed(25, () => loadModel(bytes));
    const { default: protobuf } = await import('protobufjs');
    const { root } = await protobuf.load(new URL('../../packages/onnx-io/src/onnx.proto', import.meta.url).pathname);
    const plain = await timed(25, async () => root.lookupType('onnx.ModelProto').decode(bytes));
    return { loadMs: ms, protobufjsMs: plain.ms };
  },
  nodes: async ([n, full]) => {
    const { bytes } = await saveModel(nodesOf(Number(n), full === 'full'));
    const load = await timed(15, () => loadModel(bytes));
    const save = await timed(9, () => saveModel(load.last));
    const { default: protobuf } = await import('protobufjs');
    const { root } = await protobuf.load(new URL('../../packages/onnx-io/src/onnx.proto', import.meta.url).pathname);
    const plain = await timed(5, async () => root.lookupType('onnx.ModelProto').decode(bytes));
    return { bytes: bytes.length, loadMs: load.ms, saveMs: save.ms, protobufjsDecodeMs: plain.ms };
  },
};

const start = performance.now();
const result = await jobs[job](args);
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, peakRssMB: process.resourceUsage().maxRSS / 1024, result }));
