// Lesson 8, distillation: a small student learns from what a large teacher thinks, not from the right answers alone. Does it help? Seeds and intervals say.
import { permutation, pick } from '@modeldiet/data';
import { distill, softLabels } from '@modeldiet/distill';
import { summarize } from '@modeldiet/onnx-io';
import { formatCount, formatRatio } from '@modeldiet/pipeline';
import { withSession } from '@modeldiet/runtime';
import { meanInterval } from '@modeldiet/tensor';
import { adam, train } from '@modeldiet/train';
import { mlp, percent, score, trained } from './shared/digits.mjs';
import { runAlone } from './shared/stage.mjs';

export const title = 'distillation: what the teacher thinks, and whether a student learns more from it';

const temperature = 4;
const shades = ' .:-=+*#%@';

/** An 8 x 8 digit of pixels 0..16 as text, two columns a pixel. */
const drawn = ({ data }) =>
  Array.from({ length: 8 }, (_, row) => Array.from(data.subarray(row * 8, row * 8 + 8), (p) => shades[Math.round((p / 16) * 9)].repeat(2)).join('')).join('\n');

/** Logits to shares at a temperature: high ones are softer. */
function softmax(logits, t) {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, (x) => Math.exp((x - highest) / t));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
}

const likeliest = (shares, count) =>
  shares
    .map((share, digit) => ({ digit, share }))
    .sort((a, b) => b.share - a.share)
    .slice(0, count);

/** What the teacher thinks of the digit that it is least sure of among those it gets right. */
async function hardest({ model, backend, test }) {
  return withSession(backend, model, {}, async (session) => {
    const [input] = session.inputs;
    const [output] = session.outputs;
    let found;
    for await (const { x, label } of test) {
      const logits = (await session.run({ [input.name]: x }))[output.name].data;
      const [first] = likeliest(softmax(logits, 1), 1);
      if (first.digit === Number(label.data[0]) && !(first.share >= found?.share)) found = { x, label: first.digit, logits, share: first.share };
    }
    return found;
  });
}

/** A few examples of the training set, of all classes as they come, the same for the same seed. */
const subset = (dataset, count, seed) => pick(dataset, permutation(dataset.length, seed, 'subset').slice(0, count));

/** The same student twice, from the same first weights, on the same examples in the same order: once from the labels, once from the teacher too. */
async function pair({ model: teacher, backend, dataset, test }, widths, count, seed, steps) {
  const batchSize = 32;
  const student = mlp(widths, `student ${seed}`);
  const shared = { dataset: subset(dataset, count, seed), backend, batchSize, seed, epochs: Math.ceil(steps / Math.ceil(count / batchSize)) };
  const { model: hard } = await train(student, { ...shared, optimizer: adam({ lr: 0.003 }) });
  const { model: soft } = await distill({ teacher, student, ...shared, losses: [softLabels({ temperature, alpha: 0.9 })], optimizer: adam({ lr: 0.003 }) });
  const of = async (model) => (await score(model, { dataset: test, backend })).value;
  return { hard: await of(hard), soft: await of(soft) };
}

/** Over seeds: the mean of each with its t interval, and that of the difference, which is the question. */
async function compared(base, widths, count, seeds, steps) {
  const pairs = [];
  for (const seed of seeds) pairs.push(await pair(base, widths, count, seed, steps));
  const gain = meanInterval(pairs.map(({ hard, soft }) => soft - hard));
  const verdict = gain.low > 0 ? 'soft labels win' : gain.high < 0 ? 'hard labels win' : 'cannot be told apart';
  return {
    student: widths.join('-'),
    count,
    hard: meanInterval(pairs.map(({ hard }) => hard)),
    soft: meanInterval(pairs.map(({ soft }) => soft)),
    gain,
    verdict,
  };
}

/** @param {import('./shared/stage.mjs').Stage} on */
export async function lesson(on) {
  const base = await trained(on);
  const { value: teacherAccuracy } = await score(base.model, { dataset: base.test, backend: base.backend });

  on.part('What a teacher knows beyond the right answer');
  const digit = await hardest(base);
  on.say(drawn(digit.x));
  const thoughts = [1, temperature].map((t) => ({ temperature: t, likeliest: likeliest(softmax(digit.logits, t), 3) }));
  on.table(
    ['teacher', 'first', 'second', 'third'],
    thoughts.map(({ temperature: t, likeliest: three }) => [`temperature ${t}`, ...three.map(({ digit: d, share }) => `${d}: ${percent(share, 1)}`)]),
  );
  on.say(`The label says ${digit.label} and nothing else. The teacher says what else it looks like; the temperature makes that audible.`);

  const seeds = on.quick ? [1, 2] : [1, 2, 3, 4, 5];
  const counts = on.quick ? [50, 200] : [50, 100, 200, 500];
  const steps = on.quick ? 400 : 600;
  const students = [
    [64, 256, 10],
    [64, 32, 10],
  ];
  on.part(`Hard against soft labels: few examples, ${seeds.length} seeds, the teacher at ${percent(teacherAccuracy)}`);
  const results = [];
  for (const widths of students) for (const count of counts) results.push(await compared(base, widths, count, seeds, steps));
  const points = ({ value, low, high }) => `${(100 * value).toFixed(2)}  (${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;
  on.table(
    ['student', 'examples', 'hard labels', 'soft labels', 'gain in points, 95 % interval', 'so'],
    results.map((row) => [row.student, row.count, percent(row.hard.value), percent(row.soft.value), points(row.gain), row.verdict]),
  );
  const teacherSize = summarize(base.model).parameters;
  const sizes = students.map((widths) => ({ student: widths.join('-'), parameters: summarize(mlp(widths, 1)).parameters }));
  for (const { student, parameters } of sizes)
    on.say(`${student}: ${formatCount(parameters)} parameters, ${formatRatio(teacherSize / parameters)} fewer than the teacher's ${formatCount(teacherSize)}`);
  const where = (verdict) => results.filter((row) => row.verdict === verdict).map((row) => `${row.student} on ${row.count}`);
  const [won, open, lost] = ['soft labels win', 'cannot be told apart', 'hard labels win'].map(where);
  on.say(
    won.length > 0
      ? `Soft labels win, with the whole interval above zero: ${won.join('; ')}.`
      : `Soft labels win nowhere here: with ${seeds.length} seeds no interval lies above zero.`,
  );
  if (open.length > 0) on.say(`Not decided by ${seeds.length} seeds: ${open.join('; ')}.`);
  if (lost.length > 0) on.say(`Hard labels are better: ${lost.join('; ')}.`);
  on.say('The teacher has seen all 1,077 examples: what the student gains on a few of them is what it hears of the others.');
  on.say(
    `Every student trains for ${steps} steps; soft labels take longer to learn, so with far fewer steps the gain shrinks or turns round: change \`steps\` and see.`,
  );
  for (const widths of students) {
    const rows = results.filter(({ student }) => student === widths.join('-'));
    const line = (key) => rows.map((row) => ({ x: row.count, y: row[key].value, interval: [row[key].low, row[key].high] }));
    await on.draw(widths.join('-'), {
      kind: 'line',
      title: `A student ${widths.join('-')}, by how many examples it saw`,
      description: 'Mean accuracy over seeds with its 95 % interval, learned from labels alone and from the teacher too.',
      x: { label: 'training examples', unit: 'count', fromZero: true },
      y: { label: 'accuracy', unit: 'share' },
      series: [
        { name: 'hard labels', points: line('hard') },
        { name: 'soft labels', points: line('soft') },
      ],
      references: [{ axis: 'y', value: teacherAccuracy, label: 'the teacher' }],
    });
  }
  return { teacherAccuracy, digit: { label: digit.label, share: digit.share }, thoughts, results, sizes };
}

await runAlone(import.meta.url, '8', lesson);
