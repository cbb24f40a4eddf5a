// Lesson 5, dynamic quantization: what a dynamic int8 layer does at every call, whether it is more accurate (a paired test says), and from which width on it is faster here.
import { chooseQParams, int8, quantizeLinear } from '@modeldiet/numfmt';
import { graphBuilder, linear, saveModel, sequential } from '@modeldiet/onnx-io';
import { formatBytes, formatMs, formatRatio } from '@modeldiet/pipeline';
import { compareRuns, profileModel } from '@modeldiet/profiler';
import { quantizeDynamic } from '@modeldiet/quantize';
import { compareModels, probeTarget, withSession } from '@modeldiet/runtime';
import { nodeBackend } from '@modeldiet/runtime/node';
import { mcnemar, random, tensor } from '@modeldiet/tensor';
import { percent, score, trained } from './shared/digits.mjs';
import { runAlone } from './shared/stage.mjs';

export const title = 'dynamic quantization: its five steps, is it more accurate, when is it faster';

/** Normal numbers, the same for the same label. */
function normal(label, ...dims) {
  const draw = random(1).fork(label);
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => draw.normal()),
    dims,
  );
}

/** TensorProto.DataType: how an attribute names an element type. */
const onnxType = { float32: 1, uint8: 2 };

/** Which of the five steps an op of `fiveSteps` belongs to. */
const stepOf = {
  ReduceMin: '1. minimum and maximum',
  ReduceMax: '1. minimum and maximum',
  Min: '2. scale and zero point',
  Max: '2. scale and zero point',
  Sub: '2. scale and zero point',
  Div: '2. scale and zero point',
  Round: '2. scale and zero point',
  CastZero: '2. scale and zero point',
  QuantizeLinear: '3. quantize the activations',
  MatMulInteger: '4. integer matrix product',
  Cast: '5. back to float',
  Mul: '5. back to float',
};

/** y = x W with W in int8 and x quantized by its own range: every step a node, where runtimes have one fused kernel. */
function fiveSteps(weight) {
  const [rows, columns] = weight.dims;
  const qparams = chooseQParams(weight.data, { format: int8, scheme: 'symmetric', dims: weight.dims });
  const codes = tensor('int8', quantizeLinear(weight.data, qparams), [rows, columns]);
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['batch', rows]);
  const low = g.op('Min', [g.op('ReduceMin', [x], { keepdims: 0 }), 0]);
  const high = g.op('Max', [g.op('ReduceMax', [x], { keepdims: 0 }), 0]);
  const scale = g.op('Div', [g.op('Sub', [high, low]), 255]);
  const zero = g.op('Cast', [g.op('Round', [g.op('Div', [g.op('Sub', [0, low]), scale])])], { to: onnxType.uint8 }, { name: 'zero point' });
  const quantized = g.op('QuantizeLinear', [x, scale, zero]);
  const product = g.op('MatMulInteger', [quantized, g.constant('codes', codes), zero]);
  g.output(g.op('Mul', [g.op('Cast', [product], { to: onnxType.float32 }), g.op('Mul', [scale, qparams.scale[0]])]), 'y', {
    dtype: 'float32',
    dims: ['batch', columns],
  });
  return g.model();
}

/** The five steps of one call and their shares. */
async function stepsOf(backend, width, batch) {
  const model = fiveSteps(normal('weight', width, width));
  const feeds = { x: normal('x', batch, width) };
  // Without the runtime's optimisation, which would fuse the steps into one kernel.
  const { nodes, kernelMs } = await profileModel(model, { backend, feeds, optimize: 'none', rates: false, runs: 50, warmup: 10 });
  const steps = new Map([...new Set(Object.values(stepOf))].map((step) => [step, 0]));
  for (const { node, opType, ms } of nodes) {
    const step = stepOf[node === 'zero point' ? 'CastZero' : opType];
    if (step) steps.set(step, steps.get(step) + ms);
  }
  return { width, batch, kernelMs, steps: [...steps].map(([step, ms]) => ({ step, ms, share: ms / kernelMs })) };
}

/** The five steps against the float product of the same weight. */
async function checkSteps(backend) {
  const weight = normal('weight', 256, 256);
  const g = graphBuilder();
  g.output(g.op('MatMul', [g.input('x', 'float32', ['batch', 256]), g.constant('weight', weight)]), 'y', { dtype: 'float32', dims: ['batch', 256] });
  const { outputs } = await compareModels(g.model(), fiveSteps(weight), { feeds: [{ x: normal('x', 8, 256) }], backend });
  return outputs[0];
}

/** float32 against dynamic int8 on the same examples, seed by seed. */
async function accuracies(on, seeds) {
  const rows = [];
  for (const seed of seeds) {
    const { model, backend, test } = await trained(on, { widths: [64, 32, 10], seed });
    const { model: quantized } = await quantizeDynamic(model, { granularity: 'perTensor' });
    const [a, b] = [await score(model, { dataset: test, backend }), await score(quantized, { dataset: test, backend })];
    const only = (x, y) => x.perRow.reduce((sum, right, i) => sum + Number(right === 1 && y.perRow[i] === 0), 0);
    rows.push({ seed, n: a.n, float32: a.value, int8: b.value, onlyFloat32: only(a, b), onlyInt8: only(b, a) });
  }
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return { rows, n: sum('n'), test: mcnemar(sum('onlyFloat32'), sum('onlyInt8')) };
}

/** The same layer in float32 and as dynamic int8, taken in turns. */
async function speedOf(backend, target, width, maxTimeMs) {
  const model = sequential([linear(width, width, { bias: false })], { seed: 1 });
  const { model: quantized } = await quantizeDynamic(model, { target });
  const sizes = [];
  for (const one of [model, quantized]) sizes.push((await saveModel(one)).bytes.byteLength);
  return withSession(backend, model, {}, (float) =>
    withSession(backend, quantized, {}, async (integer) => {
      const feeds = { [float.inputs[0].name]: normal('x', 1, width) };
      const { measurements, ratios } = await compareRuns({ float32: () => float.run(feeds), int8: () => integer.run(feeds) }, { maxTimeMs, minSamples: 11 });
      return {
        width,
        float32Ms: measurements.float32.median,
        int8Ms: measurements.int8.median,
        ratio: ratios.int8,
        smaller: sizes[0] / sizes[1],
        bytes: sizes[1],
      };
    }),
  );
}

/** @param {import('./shared/stage.mjs').Stage} on */
export async function lesson(on) {
  const backend = await nodeBackend();

  on.part('The five steps of one call');
  const calls = [];
  for (const [width, batch] of on.quick
    ? [
        [64, 1],
        [256, 16],
      ]
    : [
        [64, 1],
        [1024, 1],
        [1024, 64],
      ])
    calls.push(await stepsOf(backend, width, batch));
  on.table(
    ['step', ...calls.map(({ width, batch }) => `${width} x ${width}, batch ${batch}`)],
    [
      ...calls[0].steps.map(({ step }, i) => [step, ...calls.map(({ steps }) => `${formatMs(steps[i].ms)}  ${percent(steps[i].share, 0).padStart(5)}`)]),
      ['in all', ...calls.map(({ kernelMs }) => formatMs(kernelMs))],
    ],
  );
  const own = await checkSteps(backend);
  on.say(`Checked: the steps give the float product to ${own.sqnrDb.toFixed(1)} dB, as 8 bits do.`);
  const others = calls.map(({ steps }) => percent(1 - steps[3].share, 0));
  on.say(`What to see: only step 4 is the work. The other four take ${others[0]} of the smallest call and ${others.at(-1)} of the largest.`);
  await on.draw('steps', {
    kind: 'bar',
    title: 'One dynamic int8 call, step by step',
    description: 'The share of each of the five steps; the integer product dominates only where the layer is large.',
    value: { label: 'share of the call', unit: 'share' },
    categories: calls[0].steps.map(({ step }) => step),
    series: calls.map(({ width, batch, steps }) => ({ name: `${width} x ${width}, batch ${batch}`, values: steps.map(({ share }) => share) })),
  });

  on.part('Is int8 more accurate? 64-32-10, one scale for each weight matrix');
  const accuracy = await accuracies(on, on.quick ? [1, 2] : [1, 2, 3, 4, 5]);
  on.table(
    ['seed', 'float32', 'int8', 'only float32 is right', 'only int8 is right'],
    accuracy.rows.map((row) => [row.seed, percent(row.float32), percent(row.int8), row.onlyFloat32, row.onlyInt8]),
  );
  const { onlyA, onlyB, midP } = accuracy.test;
  on.say(`\nMcNemar's test on the ${accuracy.n} answers: ${onlyA} against ${onlyB} where only one is right, p = ${midP.toFixed(3)}`);
  on.say('(The test digits of the seeds overlap, so the answers are fewer than they look, and p is rather too small than too large.)');
  const ahead = accuracy.rows.filter((row) => row.int8 > row.float32).map(({ seed }) => seed);
  if (ahead.length > 0) on.say(`Whoever had looked at seed ${ahead.join(' or ')} only would now say that int8 is more accurate.`);
  on.say(
    midP < 0.05
      ? `The difference is larger than chance would make it: ${onlyB > onlyA ? 'int8' : 'float32'} is better here.`
      : onlyA + onlyB === 0
        ? 'The two gave the same right and wrong answers everywhere: neither is better.'
        : 'That is what a coin would do: it is noise, not a better model.',
  );

  on.part('Is it faster? The same layer from narrow to wide, batch 1');
  const target = await probeTarget(backend);
  const widths = on.quick ? [64, 256, 1024] : [64, 128, 256, 512, 1024, 2048, 4096];
  const speeds = [];
  for (const width of widths) speeds.push(await speedOf(backend, target, width, on.quick ? 80 : 800));
  on.table(
    ['width', 'float32', 'int8', 'int8 is faster by', '95 % interval', 'int8 file', 'smaller'],
    speeds.map((row) => [
      row.width,
      formatMs(row.float32Ms),
      formatMs(row.int8Ms),
      formatRatio(row.ratio.ratio),
      row.ratio.ci95.map(formatRatio).join(' to '),
      formatBytes(row.bytes),
      formatRatio(row.smaller),
    ]),
  );
  // From the first width on from which int8 is faster at every one.
  const slower = speeds.findLastIndex(({ ratio }) => ratio.verdict !== 'faster');
  const winsFrom = speeds[slower + 1]?.width ?? null;
  on.say(
    winsFrom === null
      ? 'On this machine int8 does not win at the widths tried.'
      : `On this machine int8 wins from width ${winsFrom} on.${winsFrom > widths[0] ? ' Below that the four extra steps cost more than the cheaper product saves: "int8 is slower on tiny layers".' : ''}`,
  );
  await on.draw('speed', {
    kind: 'line',
    title: 'int8 against float32 by width',
    description: 'Times as fast as float32: below 1 in narrow layers, above in wide ones.',
    x: { label: 'width of the layer', unit: 'count', scale: 'log2' },
    y: { label: 'times as fast as float32', unit: 'ratio', fromZero: true },
    intervals: 'whiskers',
    series: [{ name: 'dynamic int8', points: speeds.map(({ width, ratio }) => ({ x: width, y: ratio.ratio, interval: ratio.ci95 })) }],
    references: [{ axis: 'y', value: 1, label: 'as fast' }],
  });
  return { calls, sqnrDb: own.sqnrDb, accuracy, speeds, winsFrom };
}

await runAlone(import.meta.url, '5', lesson);
