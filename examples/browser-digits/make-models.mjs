// Makes the two models of the page: a classifier of digits trained here, and the same in int8. Run `npm run build:js` before, then: node examples/browser-digits/make-models.mjs
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { concat, map } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { linear, relu, scale, sequential } from '@modeldiet/onnx-io';
import { writeModel } from '@modeldiet/onnx-io/node';
import { quantizeDynamic } from '@modeldiet/quantize';
import { accuracy, evaluate, wasm } from '@modeldiet/runtime';
import { nodeBackend } from '@modeldiet/runtime/node';
import { tensor } from '@modeldiet/tensor';
import { adam, train } from '@modeldiet/train';

/** An item moved by a fraction of a pixel: people do not centre what they draw. Rounded, since the pixels are counts. */
const moved = (dx, dy) => (item) => {
  const from = item.x.data;
  const at = (row, column) => (row < 0 || row > 7 || column < 0 || column > 7 ? 0 : from[row * 8 + column]);
  const x = Float32Array.from({ length: 64 }, (_, i) => {
    const [row, column] = [Math.floor(i / 8) - dy, (i % 8) - dx];
    const [top, left] = [Math.floor(row), Math.floor(column)];
    const [down, right] = [row - top, column - left];
    const upper = (1 - right) * at(top, left) + right * at(top, left + 1);
    const lower = (1 - right) * at(top + 1, left) + right * at(top + 1, left + 1);
    return Math.round((1 - down) * upper + down * lower);
  });
  return { ...item, x: tensor('float32', x, item.x.dims) };
};

const seed = 1;
const { train: asTheyAre, validation, test } = digitsSplit({ seed });
const moves = [
  [0.5, 0],
  [-0.5, 0],
  [1, 0],
  [-1, 0],
  [0, 0.5],
  [0, -0.5],
];
const dataset = concat(asTheyAre, ...moves.map(([dx, dy]) => map(asTheyAre, moved(dx, dy))));
const backend = await nodeBackend();
const net = sequential([scale(1 / 16), linear(64, 128), relu(), linear(128, 10)], { seed });
const { model, report } = await train(net, { dataset, validation, backend, optimizer: adam({ lr: 0.003, weightDecay: 1e-4 }), epochs: 40, patience: 10, seed });
const { model: int8 } = await quantizeDynamic(model, { target: wasm() });

const folder = new URL('models/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, made] of Object.entries({ float32: model, int8 })) {
  await writeModel(made, fileURLToPath(new URL(`digits.${name}.onnx`, folder)));
  const { value, n } = await evaluate(made, { dataset: test, metric: accuracy(), backend });
  console.log(`digits.${name}.onnx: ${(100 * value).toFixed(1)} % of ${n} test digits (after ${report.epochs} epochs)`);
}
