import { readdirSync } from 'node:fs';
import { graphBuilder, type Model } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { mean, standardDeviation, type Tensor } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import { withSession } from '../session';
import { testBackend as backend, codeOf } from '../testing/ort';
import { randomFeeds } from './random-feeds';

const models = new URL('../../../../fixtures/models/', import.meta.url).pathname;

/** An embedding of 7 rows and one of 5, both looked up by `ids` behind a Cast and a Reshape; `mask` and `flag` beside. */
function embeddings(): Model {
  const g = graphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'seq']);
  const mask = g.input('attention_mask', 'int64', ['batch', 'seq']);
  const flag = g.input('flag', 'bool', []);
  const other = g.input('token_type', 'int32', ['batch', 'seq']);
  const table = (name: string, rows: number) => g.constant(name, { type: 'float32', dims: [rows, 2], data: new Float32Array(rows * 2) });
  const narrow = g.op('Reshape', [g.op('Cast', [ids], { to: 6 }), [-1]]);
  g.output(g.op('Gather', [table('words', 7), ids]), 'a', { dtype: 'float32' });
  g.output(g.op('Gather', [table('few', 5), narrow]), 'b', { dtype: 'float32' });
  for (const [i, value] of [mask, flag, other].entries()) g.output(g.op('Identity', [value]), `o${i}`, {});
  return g.model();
}
const entries = (tensor: Tensor | undefined): number[] => Array.from((tensor?.data ?? []) as ArrayLike<number>, Number);

test('floats are normal, integers stay below the smallest table they look up, masks are 1', () => {
  const feeds = randomFeeds(embeddings(), { dims: { batch: 20, seq: 50 } }).at(0);
  expect(feeds.ids).toMatchObject({ type: 'int64', dims: [20, 50] });
  expect(new Set(entries(feeds.ids))).toEqual(new Set([0, 1, 2, 3, 4]));
  expect(new Set(entries(feeds.attention_mask))).toEqual(new Set([1]));
  expect(new Set(entries(feeds.token_type))).toEqual(new Set([0, 1]));
  expect(feeds.flag).toMatchObject({ type: 'bool', dims: [] });
  const g = graphBuilder();
  g.output(g.op('Relu', [g.input('x', 'float32', ['n', 1000])]), 'y', {});
  const x = entries(randomFeeds(g.model(), { dims: { n: 10 } }).at(0).x);
  expect(Math.abs(mean(x))).toBeLessThan(0.05);
  expect(Math.abs(standardDeviation(x) - 1)).toBeLessThan(0.05);
});

test('the same seed gives the same items, in any order; items, inputs and seeds differ', async () => {
  const a = randomFeeds(embeddings(), { dims: { batch: 4, seq: 9 }, seed: 1, count: 3 });
  const b = randomFeeds(embeddings(), { dims: { batch: 4, seq: 9 }, seed: 1, count: 3 });
  const items: unknown[] = [];
  for await (const item of a) items.push(item);
  expect(items).toHaveLength(a.length);
  expect([2, 0, 1].map((i) => b.at(i))).toEqual([items[2], items[0], items[1]]);
  expect(a.at(0).ids).not.toEqual(a.at(1).ids);
  expect(randomFeeds(embeddings(), { dims: { batch: 4, seq: 9 }, seed: 2 }).at(0).ids).not.toEqual(a.at(0).ids);
});

describe('dims', () => {
  const model = (...dims: (number | string)[]): Model => {
    const g = graphBuilder();
    g.output(g.op('Relu', [g.input('x', 'float32', dims)]), 'y', {});
    return g.model();
  };
  test('the first axis is 1 when nothing is said, and so is its name elsewhere', () => {
    expect(randomFeeds(model('batch', 3)).at(0).x?.dims).toEqual([1, 3]);
    expect(randomFeeds(model('n', 'n')).at(0).x?.dims).toEqual([1, 1]);
    expect(randomFeeds(model('?', 3)).at(0).x?.dims).toEqual([1, 3]);
  });
  test('expressions follow their symbols; an axis without a name is given by its place', () => {
    expect(randomFeeds(model('b', '2*seq+1'), { dims: { seq: 4 } }).at(0).x?.dims).toEqual([1, 9]);
    expect(randomFeeds(model('b', '?0'), { dims: { 'x:1': 5 } }).at(0).x?.dims).toEqual([1, 5]);
  });
  test('any other axis must be given, and what is given must be there', async () => {
    expect(await codeOf(() => randomFeeds(model('b', 'seq')))).toBe('runtime/unbound-dim');
    expect(await codeOf(() => randomFeeds(model('b', '?0')))).toBe('runtime/unbound-dim');
    expect(await codeOf(() => randomFeeds(model('b', 4), { dims: { seq: 4 } }))).toBe('runtime/unknown-dim');
    expect(await codeOf(() => randomFeeds(model('b', 4), { dims: { b: -1 } }))).toBe('runtime/unknown-dim');
    const g = graphBuilder();
    g.output(g.op('Relu', [g.input('x', 'float32')]), 'y', {});
    expect(await codeOf(() => randomFeeds(g.model()))).toBe('runtime/unbound-dim');
  });
});

test('an input that is no tensor cannot be made up', async () => {
  const g = graphBuilder();
  g.output(g.op('SequenceLength', [g.input('s', { kind: 'sequence', element: { kind: 'tensor', dtype: 'float32' } })]), 'y', {});
  expect(await codeOf(() => randomFeeds(g.model()))).toBe('runtime/not-feedable');
  expect(await codeOf(() => randomFeeds(embeddings(), { dims: { batch: 1, seq: 1 }, count: 0 }))).toBe('runtime/bad-option');
});

describe('every fixture runs on its random feeds', () => {
  for (const file of readdirSync(models).filter((name) => name.endsWith('.onnx')))
    test(file, async () => {
      const model = await readModel(models + file);
      const feeds = randomFeeds(model, { dims: file.startsWith('bert') ? { seq: 12 } : {} });
      const outputs = await withSession(backend, model, {}, (session) => session.run(feeds.at(0)));
      expect(Object.keys(outputs).length).toBeGreaterThan(0);
    });
});
