// Lesson 2, parameters and memory: counting what a model holds, and what it weighs at 32, 16, 8 and 4 bits.
import { linear, relu, saveModel, sequential, summarize } from '@modeldiet/onnx-io';
import { formatBytes, formatCount } from '@modeldiet/pipeline';
import { convertFloat, quantizeWeights } from '@modeldiet/quantize';
import { runAlone } from './shared/stage.mjs';

export const title = 'parameters and memory: 64-128-10, BERT, LLaMA and GPT-3 at 32, 16, 8 and 4 bits';

const formats = [
  { name: 'float32', bits: 32 },
  { name: 'float16', bits: 16 },
  { name: 'int8', bits: 8 },
  { name: 'int4', bits: 4 },
];
const laptop = 16e9;

/** Weight and bias of a layer. */
const layer = (from, to) => from * to + to;
/** Scale and shift. */
const norm = (width) => 2 * width;

/**
 * Three models counted from their published shapes: Devlin et al. 2018 (BERT-base, uncased), Touvron et al. 2023 (LLaMA-7B), Brown et al. 2020 (GPT-3). `said` is the size by which people call them.
 */
const models = [
  {
    name: 'BERT-base',
    said: 110e6,
    counted: (30_522 + 512 + 2) * 768 + norm(768) + 12 * (4 * layer(768, 768) + layer(768, 3072) + layer(3072, 768) + 2 * norm(768)) + layer(768, 768),
  },
  // No biases, and norms without a shift.
  { name: 'LLaMA-7B', said: 7e9, counted: 2 * 32_000 * 4096 + 32 * (4 * 4096 ** 2 + 3 * 4096 * 11_008 + 2 * 4096) + 4096 },
  {
    name: 'GPT-3',
    said: 175e9,
    counted: (50_257 + 2048) * 12_288 + 96 * (4 * layer(12_288, 12_288) + layer(12_288, 49_152) + layer(49_152, 12_288) + 2 * norm(12_288)) + norm(12_288),
  },
];

/** @param {import('./shared/stage.mjs').Stage} on */
export async function lesson(on) {
  on.part('64-128-10, built and counted');
  const model = sequential([linear(64, 128), relu(), linear(128, 10)], { seed: 1 });
  const { parameters, byNode, bytesAs } = summarize(model);
  on.table(
    ['layer', 'parameters', 'weights x inputs + biases'],
    [...byNode.map((node, i) => [node.node, formatCount(node.parameters), ['128 x 64 + 128', '10 x 128 + 10'][i]]), ['in all', formatCount(parameters), '']],
  );

  on.part('The same model as four files');
  const made = {
    float32: model,
    float16: (await convertFloat(model, { format: 'float16' })).model,
    int8: (await quantizeWeights(model, { bits: 8 })).model,
    int4: (await quantizeWeights(model, { bits: 4 })).model,
  };
  const files = [];
  for (const { name } of formats) files.push({ format: name, weights: bytesAs[name], bytes: (await saveModel(made[name])).bytes.byteLength });
  on.table(
    ['format', 'parameters x bytes', 'the file'],
    files.map(({ format, weights, bytes }) => [format, formatCount(weights), formatCount(bytes)]),
  );
  on.say('What to see: halving the bits halves the weights, not the file. Scales, names and the graph stay, and biases stay float.');

  on.part('Large models: does it fit in 16 GB?');
  on.say('Counted from their published shapes; the bytes are those of the round figure in the name: 110 million, 7 and 175 billion.');
  const large = models.map(({ name, said, counted }) => ({
    name,
    said,
    counted,
    bytes: Object.fromEntries(formats.map((format) => [format.name, (said * format.bits) / 8])),
    fits: formats.filter(({ bits }) => (said * bits) / 8 <= laptop).map((format) => format.name),
  }));
  on.table(
    ['model', 'parameters, exactly', ...formats.map(({ name }) => name), 'fits in 16 GB as'],
    large.map(({ name, counted, bytes, fits }) => [
      name,
      formatCount(counted),
      ...formats.map((format) => formatBytes(bytes[format.name])),
      fits.join(', ') || 'nothing',
    ]),
  );
  await on.draw('memory', {
    kind: 'line',
    title: 'Weights in memory by format',
    description: 'Bytes of the weights against bits a weight: LLaMA-7B comes below 16 GB at 16 bits, GPT-3 never does.',
    x: { label: 'bits for each weight', unit: 'count', scale: 'log2' },
    y: { label: 'weights', unit: 'bytes', scale: 'log' },
    series: large.map(({ name, said }) => ({ name, points: formats.map(({ bits }) => ({ x: bits, y: (said * bits) / 8 })) })),
    references: [{ axis: 'y', value: laptop, label: '16 GB' }],
  });
  on.say('What to see: gigabytes are billions of parameters times bytes. LLaMA-7B is 28 GB at 32 bits and 3.5 GB at 4: the step from a server to a laptop.');
  on.say(
    'These are the weights alone. Activations, the cache of a conversation and the runtime come on top; scales of int4 (one float16 for 32 weights) add half a bit each.',
  );

  return { parameters, byNode: byNode.map((node) => node.parameters), bytesAs, files, large };
}

await runAlone(import.meta.url, '2', lesson);
