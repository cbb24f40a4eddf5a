// Lesson 4, batching: one run has a cost of its own, whatever is in it. Shared by many items it is small, until the machine is full.
import { batch } from '@modeldiet/data';
import { formatMs, formatRatio } from '@modeldiet/pipeline';
import { sweepBatch } from '@modeldiet/profiler';
import { withSession } from '@modeldiet/runtime';
import { compare, rows } from '@modeldiet/tensor';
import { firstRows, trained } from './shared/digits.mjs';
import { runAlone } from './shared/stage.mjs';

export const title = 'batching 1 to 512: latency, throughput, setup cost, the knee';

/** Index of the largest of each row. */
const winners = ({ data, dims: [n, classes] }) =>
  Array.from({ length: n }, (_, i) => {
    const row = data.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row));
  });

/** @param {import('./shared/stage.mjs').Stage} on */
export async function lesson(on) {
  const { model, backend, dataset, test } = await trained(on);

  on.part('One model, batches from 1 to 512');
  const feeds = await firstRows(dataset, 512);
  const sweep = await sweepBatch(model, {
    backend,
    feedsFor: (size) => ({ x: rows(feeds.x, 0, size) }),
    maxTimeMs: on.quick ? 60 : 500,
    minSamples: on.quick ? 5 : 20,
  });
  const perItem = ({ batch: size, latencyMs }) => latencyMs.median / size;
  on.table(
    ['batch', 'a run', '95 % interval', 'an item', 'items a second'],
    sweep.rows.map((row) => [
      row.batch,
      formatMs(row.latencyMs.median),
      row.latencyMs.ci95.map(formatMs).join(' to '),
      formatMs(perItem(row)),
      Math.round(row.throughput).toLocaleString('en'),
    ]),
  );
  const { setupMs, perItemMs, r2 } = sweep.fit;
  const [first] = sweep.rows;
  const best = sweep.rows.reduce((a, b) => (a.throughput >= b.throughput ? a : b));
  on.say(`\nfitted: a run = ${formatMs(setupMs)} to set up + ${formatMs(perItemMs)} for each item (explains ${(100 * r2).toFixed(1)} % of the variance)`);
  on.say(`the knee: batch ${sweep.knee} is the smallest with 90 % of the best throughput`);
  on.say(
    `What to see: batch ${best.batch} serves ${formatRatio(best.throughput / first.throughput)} as many items a second as batch 1, and each of them waits ${formatRatio(best.latencyMs.median / first.latencyMs.median)} as long.`,
  );

  const x = { label: 'batch', unit: 'count', scale: 'log2' };
  const references = [{ axis: 'x', value: sweep.knee, label: 'knee' }];
  await on.draw('latency', {
    kind: 'line',
    title: 'Latency of a run by batch',
    description: 'Flat while the setup dominates, then in proportion to the batch.',
    x,
    y: { label: 'latency of a run', unit: 'ms', scale: 'log' },
    series: [
      { name: 'measured', points: sweep.rows.map((row) => ({ x: row.batch, y: row.latencyMs.median, interval: row.latencyMs.ci95 })) },
      // A fit that noise has pushed below zero at batch 1 has no place on a logarithmic axis.
      { name: 'setup + items', points: sweep.rows.map((row) => ({ x: row.batch, y: setupMs + perItemMs * row.batch })).filter(({ y }) => y > 0) },
    ],
    references,
  });
  await on.draw('throughput', {
    kind: 'line',
    title: 'Throughput by batch',
    description: 'Items a second rise steeply up to the knee, and hardly beyond it.',
    x,
    y: { label: 'items a second', unit: 'count', fromZero: true },
    series: [{ name: 'throughput', points: sweep.rows.map((row) => ({ x: row.batch, y: row.throughput })) }],
    references,
  });

  on.part('Is a batched answer the same answer?');
  const all = await firstRows(test, 360);
  const answers = await withSession(backend, model, {}, async (session) => {
    const [input] = session.inputs;
    const [output] = session.outputs;
    const whole = (await session.run({ [input.name]: all.x }))[output.name];
    let [maxAbsDiff, sameWinner] = [0, 0];
    const together = winners(whole);
    let i = 0;
    for await (const { x: one } of batch(test, 1)) {
      const alone = (await session.run({ [input.name]: one }))[output.name];
      maxAbsDiff = Math.max(maxAbsDiff, compare(alone, rows(whole, i, i + 1)).maxAbsDiff);
      sameWinner += Number(winners(alone)[0] === together[i]);
      i++;
    }
    return { n: i, sameWinner, maxAbsDiff };
  });
  on.say(
    `${answers.sameWinner} of ${answers.n} digits have the same answer alone and among ${answers.n}; the largest difference of a logit is ${answers.maxAbsDiff.toExponential(1)}.`,
  );
  on.say(
    answers.maxAbsDiff === 0
      ? 'Bit for bit the same: this kernel adds in the same order whatever the batch.'
      : 'Not bit for bit: a matrix kernel adds in another order for another shape, and float addition is not associative.',
  );
  return {
    rows: sweep.rows.map((row) => ({ batch: row.batch, ms: row.latencyMs.median, throughput: row.throughput })),
    fit: sweep.fit,
    knee: sweep.knee,
    answers,
  };
}

await runAlone(import.meta.url, '4', lesson);
