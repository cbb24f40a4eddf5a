// Does a teacher help? The same student from the same start over as many steps, once from the labels alone and once from the teacher's soft answers, on training sets of few and of many examples.
// The teacher, 64-1024-10, has seen the whole training set. Differences are paired by seed (split, subset, weights and order change together); t-intervals across seeds.
import { batch, shuffle, take } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { distill, softLabels } from '@modeldiet/distill';
import { linear, relu, saveModel, scale, sequential } from '@modeldiet/onnx-io';
import { accuracy, evaluate, ortBackend } from '@modeldiet/runtime';
import { meanInterval } from '@modeldiet/tensor';
import { adam, cosine, train } from '@modeldiet/train';
import * as ort from 'onnxruntime-node';

export const name = 'distill';
export const description = 'hard labels against soft labels for 64-256-10 and 64-32-10 on 50 to all training digits, over 5 seeds (--seeds N)';

const widths = [256, 32];
const sizes = [50, 100, 200, 500, Number.POSITIVE_INFINITY];
const steps = 800;
const batchSize = 50;
const soft = { temperature: 4, alpha: 0.9 };

const mlp = (width, seed) => sequential([scale(1 / 16), linear(64, width), relu(), linear(width, 10)], { seed });
const score = async (model, test, backend) =>
  (await evaluate((await saveModel(model)).bytes, { dataset: batch(test, 360), metric: accuracy(), backend })).value;

async function oneSeed(seed, backend) {
  const parts = digitsSplit({ seed });
  const { model: teacher } = await train(mlp(1024, seed), {
    dataset: parts.train,
    validation: parts.validation,
    optimizer: adam({ lr: 1e-3 }),
    epochs: 30,
    seed,
    backend,
  });
  const students = [];
  for (const width of widths)
    for (const size of sizes) {
      const count = Math.min(size, parts.train.length);
      const options = {
        dataset: take(shuffle(parts.train, { seed }), count),
        optimizer: adam({ lr: 3e-3, schedule: cosine() }),
        epochs: Math.ceil(steps / Math.ceil(count / batchSize)),
        batchSize,
        seed,
        backend,
      };
      const student = mlp(width, seed + 100);
      const hard = await score((await train(student, options)).model, parts.test, backend);
      const distilled = await score((await distill({ ...options, teacher, student, losses: [softLabels(soft)] })).model, parts.test, backend);
      students.push({ width, count, hard, distilled });
    }
  return { teacher: await score(teacher, parts.test, backend), students };
}

const percent = (x) => `${(100 * x).toFixed(2)} %`;
const points = ({ value, low, high }) => `${(100 * value).toFixed(2)} (${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;
const verdict = ({ low, high }) => (low > 0 ? 'the teacher helps' : high < 0 ? 'the labels alone do better' : 'no difference seen');

/** One sentence for each verdict that occurs. */
const words = (rows) =>
  [...new Set(rows.map((row) => row.verdict))].map((what) => {
    const some = rows.filter((row) => row.verdict === what);
    return `${what}: ${some.map(({ student, examples }) => `${student} on ${examples}`).join(', ')}.`;
  });

export async function run({ args }) {
  const seeds = Number(args[args.indexOf('--seeds') + 1]) || 5;
  const backend = ortBackend(ort);
  const runs = [];
  for (let seed = 0; seed < seeds; seed++) runs.push(await oneSeed(seed, backend));
  const teacher = meanInterval(runs.map((each) => each.teacher));
  const table = runs[0].students.map(({ width, count }, i) => {
    const hard = meanInterval(runs.map(({ students }) => students[i].hard));
    const distilled = meanInterval(runs.map(({ students }) => students[i].distilled));
    const gain = meanInterval(runs.map(({ students }) => students[i].distilled - students[i].hard));
    return { student: `64-${width}-10`, examples: count, hard, distilled, gain, verdict: verdict(gain) };
  });
  console.log(
    `${seeds} seeds, test 360 of 1,797 digits, ${steps} steps of ${batchSize}, soft labels with temperature ${soft.temperature} and alpha ${soft.alpha}, onnxruntime-node ${ort.env.versions.node}`,
  );
  console.log(
    `teacher 64-1024-10: ${percent(teacher.value)} (${percent(teacher.low)} to ${percent(teacher.high)}), trained on all ${runs[0].students.at(-1).count}`,
  );
  console.table(
    table.map(({ student, examples, hard, distilled, gain, verdict: what }) => ({
      student,
      examples,
      'hard labels': percent(hard.value),
      'soft labels': percent(distilled.value),
      'points gained, paired': points(gain),
      verdict: what,
    })),
  );
  for (const line of words(table)) console.log(line);
  return { seeds, steps, batchSize, soft, teacher, table };
}
