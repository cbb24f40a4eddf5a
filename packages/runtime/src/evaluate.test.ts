import { graphBuilder, type Model } from '@modeldiet/onnx-io';
import { type Feeds, random, type Tensor, wilsonInterval } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { compareModels } from './compare-models';
import { evaluate } from './evaluate';
import { accuracy } from './metrics/accuracy';
import { mse } from './metrics/mse';
import { topK } from './metrics/top-k';
import { testBackend as backend, codeOf } from './testing/ort';

/** y = x: the columns are the scores themselves. */
function passing(outputs: readonly string[] = ['logits'], width: number | 'k' = 3): Model {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['n', width]);
  for (const name of outputs) g.output(g.op('Identity', [x]), name, { dtype: 'float32', dims: ['n', width] });
  return g.model();
}
const rows = (...values: number[][]): Tensor => ({ type: 'float32', dims: [values.length, values[0]!.length], data: Float32Array.from(values.flat()) });
const labels = (...values: number[]): Tensor => ({ type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) });

const dataset: Feeds[] = [
  { x: rows([3, 1, 2], [0, 9, 1]), label: labels(0, 1) },
  { x: rows([1, 2, 3], [5, 4, 4], [0, 0, 0]), label: labels(1, 0, 0) },
];

describe('evaluate', () => {
  test('accuracy with its interval, row by row', async () => {
    const result = await evaluate(passing(), { dataset, metric: accuracy(), backend });
    const { low, high } = wilsonInterval(4, 5);
    expect(result).toMatchObject({ value: 0.8, n: 5, batches: 2, ci95: [low, high], metric: { name: 'accuracy', better: 'higher' } });
    expect([...result.perRow]).toEqual([1, 1, 0, 1, 1]);
    expect(result.notes).toEqual(["scores: 'logits', the only float output of rank 2"]);
    expect(JSON.parse(JSON.stringify(result.metric))).toEqual({ name: 'accuracy', options: {}, better: 'higher' });
  });

  test('an open session does as well, and stays open', async () => {
    const session = await backend.createSession(passing());
    expect((await evaluate(session, { dataset, metric: accuracy() })).value).toBe(0.8);
    expect((await session.run({ x: rows([1, 2, 3]) })).logits?.dims).toEqual([1, 3]);
    await session.release();
  });

  test('top-k counts labels among the k likeliest, ties by index', async () => {
    expect((await evaluate(passing(), { dataset, metric: topK(2), backend })).value).toBe(1);
    expect((await evaluate(passing(), { dataset: [{ x: rows([0, 0, 0]), label: labels(2) }], metric: topK(2), backend })).value).toBe(0);
  });

  test('a row with NaN is wrong', async () => {
    const broken = [{ x: rows([Number.NaN, 1, 2], [3, 1, 2]), label: labels(0, 0) }];
    expect([...(await evaluate(passing(), { dataset: broken, metric: accuracy(), backend })).perRow]).toEqual([0, 1]);
    expect([...(await evaluate(passing(), { dataset: broken, metric: topK(3), backend })).perRow]).toEqual([0, 1]);
  });

  test('a class per row, as scikit-learn exports give it, needs no scores', async () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n', 3]);
    g.output(g.op('ArgMax', [x], { axis: 1, keepdims: 0 }), 'output_label', { dtype: 'int64', dims: ['n'] });
    const result = await evaluate(g.model(), { dataset, metric: accuracy(), backend });
    expect(result.value).toBe(0.8);
    expect(result.notes[0]).toContain('output_label');
  });

  test('mse averages rows', async () => {
    const target = rows([1, 1, 1], [2, 2, 2]);
    const result = await evaluate(passing(), { dataset: [{ x: rows([1, 1, 4], [2, 2, 2]), target }], metric: mse({ target: 'target' }), backend });
    expect(result.value).toBeCloseTo(1.5, 10);
    expect([...result.perRow]).toEqual([3, 0]);
  });

  test('which output: one of two must be named', async () => {
    const two = passing(['a', 'b']);
    expect(await codeOf(() => evaluate(two, { dataset, metric: accuracy(), backend }))).toBe('runtime/metric-output');
    expect((await evaluate(two, { dataset, metric: accuracy({ logits: 'b' }), backend })).value).toBe(0.8);
    expect(await codeOf(() => evaluate(two, { dataset, metric: accuracy({ logits: 'c' }), backend }))).toBe('runtime/metric-output');
    expect(await codeOf(() => evaluate(two, { dataset, metric: mse(), backend }))).toBe('runtime/metric-output');
  });

  test('what is wrong with the data is said', async () => {
    const run = (items: Feeds[]) => codeOf(() => evaluate(passing(), { dataset: items, metric: accuracy(), backend }));
    expect(await run([])).toBe('runtime/empty-dataset');
    expect(await run([{ x: rows([1, 2, 3]) }])).toBe('runtime/no-label');
    expect(await run([{ x: rows([1, 2, 3]), label: labels(1, 2) }])).toBe('runtime/metric-output');
    expect(await run([{ x: rows([1, 2]), label: labels(1) }])).toBe('runtime/feeds-mismatch');
    expect(await codeOf(() => evaluate(passing(), { dataset, metric: accuracy() }))).toBe('runtime/no-backend');
    expect(await codeOf(() => topK(0))).toBe('runtime/bad-option');
  });

  test('an abort between batches rejects with its reason', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    async function* endless(): AsyncGenerator<Feeds> {
      for (let i = 0; ; i++) {
        if (i === 3) stop.abort(reason);
        yield dataset[0]!;
      }
    }
    await expect(evaluate(passing(), { dataset: endless(), metric: accuracy(), backend, signal: stop.signal })).rejects.toBe(reason);
  });
});

describe('compareModels', () => {
  const noisy = (scale: number): Model => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n', 3]);
    g.output(g.op('Add', [x, g.op('Mul', [x, scale])]), 'logits', { dtype: 'float32', dims: ['n', 3] });
    return g.model();
  };
  const draw = random(3);
  const feeds = [{ x: rows(...Array.from({ length: 50 }, () => [draw.normal(), draw.normal(), draw.normal()])) }];

  test('a relative error of 1 % is 40 dB, and nothing else changes', async () => {
    const { outputs, notCompared, batches } = await compareModels(passing(), noisy(0.01), { feeds, backend });
    expect(outputs).toHaveLength(1);
    expect(outputs[0]!.sqnrDb).toBeCloseTo(40, 2);
    expect(outputs[0]!.cosine).toBeCloseTo(1, 10);
    expect(outputs[0]!.top1Agreement).toBe(1);
    expect(outputs[0]).toMatchObject({ name: 'logits', rows: 50, entries: 150, nonFinite: 0 });
    expect(notCompared).toEqual([]);
    expect(batches).toBe(1);
  });

  test('the same model is equal, to Infinity', async () => {
    const { outputs } = await compareModels(passing(), passing(), { feeds, backend });
    expect(outputs[0]).toMatchObject({ sqnrDb: Number.POSITIVE_INFINITY, cosine: 1, maxAbsDiff: 0, top1Agreement: 1 });
  });

  test('overflow is counted, not averaged away', async () => {
    const { outputs } = await compareModels(passing(), noisy(3e38), { feeds: [{ x: rows([1e3, 1, 0]) }], backend });
    expect(outputs[0]).toMatchObject({ nonFinite: 1, maxAbsDiff: Number.POSITIVE_INFINITY, sqnrDb: Number.NEGATIVE_INFINITY });
  });

  test('outputs pair by name; those without a partner, no tensors, or of other dims are listed', async () => {
    const odd = (name: string, extra: number): Model => {
      const g = graphBuilder();
      const x = g.input('x', 'float32', ['n', 3]);
      g.output(g.op('Pad', [x, [0, 0, 0, extra]]), 'shape', { dtype: 'float32', dims: ['n', 'w'] });
      g.output(g.op('Neg', [x]), 'same', { dtype: 'float32', dims: ['n', 3] });
      g.output(g.op('Abs', [x]), name, { dtype: 'float32', dims: ['n', 3] });
      g.output(g.op('SplitToSequence', [x], { axis: 0 }), 'list', { kind: 'sequence', element: { kind: 'tensor', dtype: 'float32' } });
      return g.model();
    };
    const { outputs, notCompared } = await compareModels(odd('left', 0), odd('right', 1), { feeds, backend });
    expect(outputs.map(({ name }) => name)).toEqual(['same']);
    expect(Object.fromEntries(notCompared.map(({ name, reason }) => [name, reason]))).toEqual({
      list: expect.stringContaining('sequence'),
      left: 'only the first model has it',
      right: 'only the second model has it',
      shape: 'float32 [50,3] against float32 [50,4]',
    });
  });
});
