import { batch, fromArrays } from '@modeldiet/data';
import { isModelDietError } from '@modeldiet/numfmt';
import { graphBuilder, linear, type Model, relu, saveModel, sequential } from '@modeldiet/onnx-io';
import { accuracy, evaluate, ortBackend } from '@modeldiet/runtime';
import { type Dataset, random, tensor } from '@modeldiet/tensor';
import { adam, train } from '@modeldiet/train';
import * as ort from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import { distill } from './distill';
import { hiddenFeatures, softLabels } from './losses';

const backend = ortBackend(ort);

/** Three noisy rings around the origin: what a small net learns slowly from few hard labels. */
function rings(count: number, seed: number): Dataset {
  const draw = random(seed);
  const x = new Float32Array(count * 2);
  const label = new BigInt64Array(count);
  for (let i = 0; i < count; i++) {
    const ring = draw.int(3);
    const [angle, radius] = [draw.next() * 2 * Math.PI, 1 + ring + 0.15 * draw.normal()];
    x.set([radius * Math.cos(angle), radius * Math.sin(angle)], 2 * i);
    label[i] = BigInt(ring);
  }
  return fromArrays({ input: tensor('float32', x, [count, 2]), label: tensor('int64', label, [count]) });
}

const data = rings(600, 1);
const test600 = rings(600, 2);
const student = (seed = 0): Model => sequential([linear(2, 12), relu(), linear(12, 3)], { seed });
const score = async (model: Model): Promise<number> => (await evaluate(model, { dataset: batch(test600, 200), metric: accuracy(), backend })).value;
let teacher: Model;

beforeAll(async () => {
  const start = sequential([linear(2, 64), relu(), linear(64, 64), relu(), linear(64, 3)], { seed: 5 });
  teacher = (await train(start, { dataset: data, optimizer: adam({ lr: 1e-2 }), epochs: 20, batchSize: 50, backend })).model;
  expect(await score(teacher)).toBeGreaterThan(0.93);
});

const common = { optimizer: adam({ lr: 2e-2 }), epochs: 20, batchSize: 50, backend } as const;
const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'no error',
    (e: unknown) => (isModelDietError(e) ? e.code : String(e)),
  );

test('a student learns from soft labels alone: no label column is needed', async () => {
  const { label: _, ...columns } = { ...(await data.at!(0)) };
  expect(Object.keys(columns)).toEqual(['input']);
  const unlabelled: Dataset = {
    length: data.length,
    [Symbol.asyncIterator]: async function* () {
      for await (const { input } of data) yield { input: input! };
    },
  };
  const { model, report } = await distill({ ...common, teacher, student: student(), dataset: unlabelled, losses: [softLabels({ alpha: 1 })] });
  expect(await score(model)).toBeGreaterThan(0.85);
  expect(report.loss.at(-1)!).toBeLessThan(report.loss[0]! / 3);
  expect(report.lossName).toBe('distill');
});

test("the loss is Hinton's: computed by hand on one batch", async () => {
  const [temperature, alpha] = [3, 0.7];
  const small = rings(40, 9);
  const { report } = await distill({
    ...common,
    epochs: 1,
    batchSize: 40,
    optimizer: adam({ lr: 1e-9 }),
    teacher,
    student: student(),
    dataset: small,
    losses: [softLabels({ temperature, alpha })],
  });
  const items = [];
  for await (const item of batch(small, 40)) items.push(item);
  const [item] = items;
  const logits = async (model: Model): Promise<Float32Array> => {
    const session = await backend.createSession(model);
    try {
      return Object.values(await session.run({ input: item!.input! }))[0]!.data as Float32Array;
    } finally {
      await session.release();
    }
  };
  const softmax = (row: number[]): number[] => {
    const top = Math.max(...row);
    const e = row.map((v) => Math.exp(v - top));
    return e.map((v) => v / e.reduce((a, b) => a + b));
  };
  const [t, s] = [await logits(teacher), await logits(student())];
  let expected = 0;
  for (let i = 0; i < 40; i++) {
    const row = (x: Float32Array, by: number): number[] => softmax([...x.subarray(3 * i, 3 * i + 3)].map((v) => v / by));
    const [p, q] = [row(t, temperature), row(s, temperature)];
    expected += alpha * temperature ** 2 * p.reduce((sum, pk, k) => sum + (pk > 0 ? pk * Math.log(pk / q[k]!) : 0), 0);
    expected -= (1 - alpha) * Math.log(row(s, 1)[Number((item!.label!.data as BigInt64Array)[i])]!);
  }
  expect(report.loss[0]).toBeCloseTo(expected / 40, 4);
});

test('hidden features through a projection that is absent from what is saved', async () => {
  const from = student();
  const [hiddenStudent, hiddenTeacher] = [
    [...from.graph.nodes].find(({ opType }) => opType === 'Relu')!.outputs[0]!.name,
    [...teacher.graph.nodes].find(({ opType }) => opType === 'Relu')!.outputs[0]!.name,
  ];
  const losses = [softLabels(), hiddenFeatures({ student: hiddenStudent, teacher: hiddenTeacher, weight: 0.1 })];
  const { model, report } = await distill({ ...common, teacher, student: from, dataset: data, losses });
  expect([...model.graph.initializers].map(({ name }) => name)).toEqual([...from.graph.initializers].map(({ name }) => name));
  expect((await saveModel(model)).bytes.length).toBe((await saveModel(from)).bytes.length);
  expect(await score(model)).toBeGreaterThan(0.85);
  expect(report.loss.at(-1)!).toBeLessThan(report.loss[0]!);
});

test('same seed, same bytes', async () => {
  const bytes = async (): Promise<Uint8Array> =>
    (await saveModel((await distill({ ...common, epochs: 2, teacher, student: student(), dataset: data, seed: 4 })).model)).bytes;
  expect(await bytes()).toEqual(await bytes());
});

test('what is refused', async () => {
  const base = { ...common, teacher, student: student(), dataset: data };
  expect(await codeOf(distill({ ...base, losses: [] }))).toBe('distill/no-losses');
  expect(await codeOf(distill({ ...base, losses: [hiddenFeatures({ student: 'input', teacher: 'nowhere' })] }))).toBe('distill/bad-option');
  const g = graphBuilder();
  const input = g.input('input', 'float32', ['batch', 2]);
  const flat = g.op('Reshape', [input, [-1, 2, 1]]);
  g.output(g.op('Reshape', [flat, [-1, 2]]), 'logits');
  g.output(g.op('ReduceMean', [input], { keepdims: 0 }), 'all');
  const odd = g.model();
  expect(await codeOf(distill({ ...base, teacher: odd, losses: [hiddenFeatures({ student: 'output', teacher: flat.name })] }))).toBe('distill/cannot-join');
  expect(await codeOf(distill({ ...base, teacher: odd, losses: [hiddenFeatures({ student: 'output', teacher: 'all' })] }))).toBe('distill/teacher-output');
  expect(() => softLabels({ temperature: 0 })).toThrow('temperature');
  expect(() => softLabels({ alpha: 2 })).toThrow('alpha');
  const stop = new AbortController();
  const reason = new Error('enough');
  await expect(distill({ ...base, epochs: 1000, signal: stop.signal, onProgress: () => stop.abort(reason) })).rejects.toBe(reason);
});

test('a teacher with a fixed batch is asked in batches of that size', async () => {
  const g = graphBuilder();
  const w = g.constant('w', tensor('float32', Float32Array.of(1, 0, -1, 0, 1, 1), [2, 3]));
  g.output(g.op('MatMul', [g.input('input', 'float32', [1, 2]), w]), 'scores');
  const { report } = await distill({ teacher: g.model(), student: student(1), dataset: rings(20, 3), optimizer: adam({ lr: 1e-3 }), epochs: 1, backend });
  expect([report.steps, Number.isFinite(report.loss[0])]).toEqual([1, true]);
});
