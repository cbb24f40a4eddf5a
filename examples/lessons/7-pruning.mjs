// Lesson 7, pruning: single weights to zero, or whole neurons away; how far one can go, and the cliff behind it.
import { saveModel, summarize } from '@modeldiet/onnx-io';
import { formatCount, formatMs, formatRatio, gzipBytes } from '@modeldiet/pipeline';
import { compareRuns } from '@modeldiet/profiler';
import { l2, pruneStructured, pruneUnstructured } from '@modeldiet/prune';
import { withSession } from '@modeldiet/runtime';
import { firstRows, percent, score, trained } from './shared/digits.mjs';
import { runAlone } from './shared/stage.mjs';

export const title = 'pruning: 40, 60 and 80 % of the weights, 30 % of the neurons, and the cliff';

const point = 0.01;

/** What a kind of pruning makes of the model at each amount. */
async function curve(prune, { model, test, backend }, amounts) {
  const points = [];
  for (const amount of amounts) {
    const pruned = amount === 0 ? model : await prune(model, amount);
    points.push({ amount, accuracy: (await score(pruned, { dataset: test, backend })).value });
  }
  const [{ accuracy: full }] = points;
  // The first amount from which on it never comes back within a point: one lucky digit must not move it.
  const held = points.findLastIndex(({ accuracy }) => full - accuracy <= point);
  const drops = points.slice(1).map(({ amount, accuracy }, i) => ({ from: points[i].amount, to: amount, drop: points[i].accuracy - accuracy }));
  return { points, crossedAt: points[held + 1]?.amount ?? null, cliff: drops.reduce((a, b) => (b.drop > a.drop ? b : a)) };
}

const kinds = {
  'weights (unstructured)': async (model, amount) => (await pruneUnstructured(model, { amount })).model,
  'neurons (structured)': async (model, amount) => (await pruneStructured(model, { amount, importance: l2() })).model,
};

/** @param {import('./shared/stage.mjs').Stage} on */
export async function lesson(on) {
  const base = await trained(on);
  const { model, backend, test } = base;

  on.part('Four ways to prune 64-1024-10, no training afterwards');
  const variants = [
    ['baseline', model],
    ['40 % of the weights', await kinds['weights (unstructured)'](model, 0.4)],
    ['60 % of the weights', await kinds['weights (unstructured)'](model, 0.6)],
    ['80 % of the weights', await kinds['weights (unstructured)'](model, 0.8)],
    ['30 % of the neurons, by L2', await kinds['neurons (structured)'](model, 0.3)],
  ];
  const table = [];
  for (const [name, variant] of variants) {
    const { bytes } = await saveModel(variant);
    const { value, ci95 } = await score(variant, { dataset: test, backend });
    table.push({ name, bytes: bytes.byteLength, gzip: await gzipBytes(bytes), parameters: summarize(variant).parameters, accuracy: value, ci95 });
  }
  const { x } = await firstRows(test, 64);
  const [baseline, , , sparse, small] = variants.map(([, variant]) => variant);
  const speed = await withSession(backend, baseline, {}, (a) =>
    withSession(backend, sparse, {}, (b) =>
      withSession(backend, small, {}, (c) => {
        const run = (session) => () => session.run({ [session.inputs[0].name]: x });
        return compareRuns(
          { baseline: run(a), '80 % of the weights': run(b), '30 % of the neurons, by L2': run(c) },
          { maxTimeMs: on.quick ? 100 : 800, minSamples: 11 },
        );
      }),
    ),
  );
  on.table(
    ['pruned', 'bytes', 'gzip', 'parameters', 'right', 'batch 64', 'as fast'],
    table.map((row) => [
      row.name,
      formatCount(row.bytes),
      formatCount(row.gzip),
      formatCount(row.parameters),
      percent(row.accuracy),
      speed.measurements[row.name] ? formatMs(speed.measurements[row.name].median) : '',
      speed.ratios[row.name] ? formatRatio(speed.ratios[row.name].ratio) : '',
    ]),
  );
  on.say(
    'What to see: zeros cost the same bytes and the same time: you still multiply by zero. Only the download (gzip) gets smaller. Neurons that are gone are really gone.',
  );

  on.part('From 0 to 95 %: how far can one go?');
  const step = on.quick ? 0.15 : 0.05;
  const amounts = Array.from({ length: Math.floor(0.95 / step + 1e-9) + 1 }, (_, i) => Number((i * step).toFixed(2)));
  if (amounts.at(-1) !== 0.95) amounts.push(0.95);
  /** @type {Record<string, Awaited<ReturnType<typeof curve>>>} */
  const curves = {};
  for (const [name, prune] of Object.entries(kinds)) curves[name] = await curve(prune, base, amounts);
  on.table(
    ['pruned', ...Object.keys(kinds)],
    amounts.map((amount, i) => [percent(amount, 0), ...Object.values(curves).map(({ points }) => percent(points[i].accuracy))]),
  );
  on.say();
  for (const [name, { crossedAt, cliff }] of Object.entries(curves))
    on.say(
      `${name}: ${crossedAt === null ? 'never loses a whole point' : `more than 1 point is lost from ${percent(crossedAt, 0)} on`}; the steepest fall is ${(100 * cliff.drop).toFixed(1)} points, between ${percent(cliff.from, 0)} and ${percent(cliff.to, 0)}`,
    );
  const [full] = curves['weights (unstructured)'].points;
  await on.draw('cliff', {
    kind: 'line',
    title: 'Accuracy by how much is pruned',
    description: 'Flat for a long way, then a cliff.',
    x: { label: 'pruned', unit: 'share', fromZero: true },
    y: { label: 'accuracy', unit: 'share' },
    series: Object.entries(curves).map(([name, { points }]) => ({ name, points: points.map(({ amount, accuracy }) => ({ x: amount, y: accuracy })) })),
    references: [{ axis: 'y', value: full.accuracy - point, label: 'one point below the baseline' }],
  });
  on.say(
    `What to see: a flat stretch, where the weights are spare, and then a cliff. One digit of ${test.length} is ${(100 / test.length).toFixed(2)} points: smaller differences mean nothing.`,
  );
  return {
    table,
    ratios: { sparse: speed.ratios['80 % of the weights'], structured: speed.ratios['30 % of the neurons, by L2'] },
    curves,
  };
}

await runAlone(import.meta.url, '7', lesson);
