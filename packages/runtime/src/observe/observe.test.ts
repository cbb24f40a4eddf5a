import { readdirSync } from 'node:fs';
import { definedValues, graphBuilder, type Model } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { inferShapes } from '@modeldiet/ops';
import { kernels } from '@modeldiet/ops/reference';
import { type Feeds, sameDims, type Tensor } from '@modeldiet/tensor';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../backend';
import { compareBackends } from '../compare-backends';
import { randomFeeds } from '../random/random-feeds';
import { referenceBackend } from '../reference/reference-backend';
import { testBackend as backend, codeOf } from '../testing/ort';
import { type Observation, observe } from './observe';

const models = new URL('../../../../fixtures/models/', import.meta.url).pathname;
const vector = (...values: number[]): Tensor => ({ type: 'float32', dims: [values.length], data: Float32Array.from(values) });

/** a = -x, b = a + w, c = Relu(b), list = c as a sequence. */
function chain(): Model {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['n']);
  const w = g.constant('w', vector(10));
  const a = g.op('Neg', [x], {}, { output: 'a' });
  const b = g.op('Add', [a, w], {}, { output: 'b' });
  const c = g.op('Relu', [b], {}, { output: 'c' });
  g.op('SplitToSequence', [c], { axis: 0 }, { output: 'list' });
  g.output(c, 'c', { dtype: 'float32', dims: ['n'] });
  return g.model();
}

/** Counts sessions, so that groups and leaks are seen. */
function counting(): Backend & { opened: number; open: number } {
  const counter = {
    ...backend,
    opened: 0,
    open: 0,
    createSession: async (...args: Parameters<Backend['createSession']>) => {
      const session = await backend.createSession(...args);
      counter.opened++;
      counter.open++;
      return {
        ...session,
        release: async () => {
          counter.open--;
          await session.release();
        },
      };
    },
  };
  return counter;
}

async function all(observations: AsyncIterable<Observation>): Promise<Observation[]> {
  const list: Observation[] = [];
  for await (const observation of observations) list.push(observation);
  return list;
}
const plain = (list: readonly Observation[]) => list.map(({ batch, value, tensor }) => [batch, value, [...(tensor.data as Float32Array)]]);

const items: Feeds[] = [{ x: vector(1, 20) }, { x: vector(3) }];

test('inputs, initializers, inner values and outputs, item by item', async () => {
  const seen = plain(await all(observe(chain(), ['b', 'x', 'w', 'c', 'a', 'b'], items, { backend })));
  expect(seen).toHaveLength(10);
  expect(seen).toContainEqual([0, 'x', [1, 20]]);
  expect(seen).toContainEqual([1, 'w', [10]]);
  expect(seen.filter(([, value]) => 'bca'.includes(String(value)))).toEqual([
    [0, 'b', [9, -10]],
    [0, 'c', [9, 0]],
    [0, 'a', [-1, -20]],
    [1, 'b', [7]],
    [1, 'c', [7]],
    [1, 'a', [-3]],
  ]);
});

test('groups fit under maxBytes, give the same values, and leave no session open', async () => {
  const whole = counting();
  const split = counting();
  const one = await all(observe(chain(), ['a', 'b', 'c'], items, { backend: whole }));
  const many = await all(observe(chain(), ['a', 'b', 'c'], items, { backend: split, maxBytes: 8 }));
  expect([whole.opened, split.opened]).toEqual([1, 3]);
  expect([whole.open, split.open]).toEqual([0, 0]);
  const order = ([batch, value]: readonly unknown[]): string => `${batch} ${value}`;
  expect(plain(many).toSorted((p, q) => order(p).localeCompare(order(q)))).toEqual(plain(one).toSorted((p, q) => order(p).localeCompare(order(q))));
});

test('a generator is gone through once, whatever the groups', async () => {
  let drawn = 0;
  function* once(): Generator<Feeds> {
    for (const item of items) {
      drawn++;
      yield item;
    }
  }
  expect(await all(observe(chain(), ['a', 'b', 'c'], once(), { backend, maxBytes: 8 }))).toHaveLength(6);
  expect(drawn).toBe(2);
});

test('breaking off, and an abort, release the session', async () => {
  const counter = counting();
  for await (const _ of observe(chain(), ['a'], items, { backend: counter })) break;
  expect(counter).toMatchObject({ opened: 1, open: 0 });
  const stop = new AbortController();
  const reason = new Error('enough');
  await expect(
    (async () => {
      for await (const _ of observe(chain(), ['a'], items, { backend: counter, signal: stop.signal })) stop.abort(reason);
    })(),
  ).rejects.toBe(reason);
  expect(counter).toMatchObject({ opened: 2, open: 0 });
});

test('types the runtime cannot hand out come wider, number for number', async () => {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['n']);
  const narrow = g.op('Cast', [x], { to: 16 }, { output: 'narrow' });
  const small = g.op('Cast', [x], { to: 22 }, { output: 'small' });
  g.output(g.op('Add', [g.op('Cast', [narrow], { to: 1 }), g.op('Cast', [small], { to: 1 })]), 'y', { dtype: 'float32', dims: ['n'] });
  const seen = await all(observe(g.model(), ['narrow', 'small'], [{ x: vector(1.00390625, -3, 7) }], { backend }));
  expect(seen.map(({ tensor }) => tensor)).toEqual([vector(1, -3, 7), { type: 'int8', dims: [3], data: Int8Array.of(1, -3, 7) }]);
});

describe('values inside bodies', () => {
  /** y = flag ? -x + 1 : |x|, then a loop of 3 rounds v <- 2v with s = v + i inside. */
  function branching(): Model {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n']);
    const flag = g.input('flag', 'bool', []);
    const chosen = g.op(
      'If',
      [flag],
      {
        then_branch: g.subgraph('then', (b) => [b.op('Add', [b.op('Neg', [x], {}, { output: 'negative' }), b.constant('one', vector(1))])]),
        else_branch: g.subgraph('else', (b) => [b.op('Abs', [x], {}, { output: 'positive' })]),
      },
      { name: 'choice' },
    );
    const body = g.subgraph('body', (b) => {
      const i = b.input('i', 'int64', []);
      const more = b.input('more', 'bool', []);
      const v = b.input('v', 'float32', ['n']);
      b.op('Add', [v, b.op('Cast', [i], { to: 1 })], {}, { output: 'sum' });
      return [b.op('Identity', [more]), b.op('Add', [v, v], {}, { output: 'twice' })];
    });
    g.output(g.op('Loop', [g.constant('trips', { type: 'int64', dims: [], data: BigInt64Array.of(3n) }), null, chosen], { body }, { name: 'rounds' }), 'y', {
      dtype: 'float32',
      dims: ['n'],
    });
    return g.model();
  }
  const feeds = (flag: number): Feeds => ({ x: vector(1, -2), flag: { type: 'bool', dims: [], data: Uint8Array.of(flag) } });

  test('only the branch that was taken has values', async () => {
    const names = ['choice/then_branch/negative', 'choice/else_branch/positive', 'choice/then_branch/one'];
    const seen = plain(await all(observe(branching(), names, [feeds(1), feeds(0)], { backend })));
    expect(seen.filter(([, value]) => value !== 'choice/then_branch/one')).toEqual([
      [0, 'choice/then_branch/negative', [-1, 2]],
      [1, 'choice/else_branch/positive', [1, 2]],
    ]);
    expect(seen).toContainEqual([1, 'choice/then_branch/one', [1]]);
  });

  test('a loop yields a value for each round, body inputs too', async () => {
    const seen = await all(observe(branching(), ['rounds/body/sum', 'rounds/body/v', 'rounds/body/twice'], [feeds(0)], { backend }));
    const of = (value: string) => seen.filter((entry) => entry.value === value).map(({ iteration, tensor }) => [iteration, [...(tensor.data as Float32Array)]]);
    expect(of('rounds/body/v')).toEqual([
      [[0], [1, 2]],
      [[1], [2, 4]],
      [[2], [4, 8]],
    ]);
    expect(of('rounds/body/sum')).toEqual([
      [[0], [1, 2]],
      [[1], [3, 5]],
      [[2], [6, 10]],
    ]);
    expect(of('rounds/body/twice')).toEqual([
      [[0], [2, 4]],
      [[1], [4, 8]],
      [[2], [8, 16]],
    ]);
  });

  test('a loop inside a branch, at an opset whose Unsqueeze has its axes as an attribute', async () => {
    const g = graphBuilder({ opset: 11 });
    const x = g.input('x', 'float32', ['n']);
    const flag = g.input('flag', 'bool', []);
    const trips = g.constant('trips', { type: 'int64', dims: [], data: BigInt64Array.of(2n) });
    const out = g.op(
      'If',
      [flag],
      {
        then_branch: g.subgraph('then', (b) => {
          const body = b.subgraph('inner', (c) => {
            c.input('i', 'int64', []);
            const more = c.input('more', 'bool', []);
            const v = c.input('v', 'float32', ['n']);
            return [c.op('Identity', [more]), c.op('Neg', [v], {}, { output: 'flipped' })];
          });
          return [b.op('Loop', [trips, null, x], { body }, { name: 'deep' })];
        }),
        else_branch: g.subgraph('else', (b) => [b.op('Abs', [x])]),
      },
      { name: 'choice' },
    );
    g.output(out, 'y', { dtype: 'float32', dims: ['n'] });
    const address = 'choice/then_branch/deep/body/flipped';
    const seen = await all(observe(g.model(), [address], [feeds(1), feeds(0)], { backend }));
    expect(seen.map(({ batch, iteration, tensor }) => [batch, iteration, [...(tensor.data as Float32Array)]])).toEqual([
      [0, [0], [-1, 2]],
      [0, [1], [1, -2]],
    ]);
  });

  test('Scan passes its values out beside its own scan outputs', async () => {
    const g = graphBuilder();
    const rows = g.input('rows', 'float32', [3, 2]);
    const body = g.subgraph('step', (b) => {
      const state = b.input('state', 'float32', [2]);
      const row = b.input('row', 'float32', [2]);
      const next = b.op('Add', [state, row], {}, { output: 'next' });
      return [b.op('Identity', [next]), b.op('Neg', [next], {}, { output: 'negated' })];
    });
    const [last, all2] = g.op(
      'Scan',
      [g.constant('zero', { type: 'float32', dims: [2], data: new Float32Array(2) }), rows],
      { body, num_scan_inputs: 1, scan_output_axes: [1] },
      { name: 'scan', outputs: 2 },
    );
    g.output(last!, 'last', { dtype: 'float32', dims: [2] });
    g.output(all2!, 'all', { dtype: 'float32', dims: [2, 3] });
    const item: Feeds = { rows: { type: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } };
    const seen = await all(observe(g.model(), ['scan/body/next', 'last'], [item], { backend }));
    expect(seen.map(({ value, iteration, tensor }) => [value, iteration, [...(tensor.data as Float32Array)]])).toEqual([
      ['scan/body/next', [0], [1, 2]],
      ['scan/body/next', [1], [4, 6]],
      ['scan/body/next', [2], [9, 12]],
      ['last', undefined, [9, 12]],
    ]);
  });
});

test('what cannot be observed is said before anything runs', async () => {
  const counter = counting();
  const run = (values: string[], batches: Feeds[] = items) => codeOf(() => all(observe(chain(), values, batches, { backend: counter })));
  expect(await run(['nothing'])).toBe('runtime/unknown-value');
  expect(await run(['list'])).toBe('runtime/not-observable');
  expect(await run(['a'], [])).toBe('runtime/empty-dataset');
  expect(counter.opened).toBe(0);
});

describe('every tensor of every fixture can be observed, and has the shape that was inferred', () => {
  for (const file of readdirSync(models).filter((name) => name.endsWith('.onnx') && !name.startsWith('skl-forest')))
    test(file, async () => {
      const model = await readModel(models + file);
      const feeds = randomFeeds(model, { dims: file.startsWith('bert') ? { seq: 12 } : {} });
      const shapes = inferShapes(model);
      const names = [...definedValues(model.graph)].filter(({ producer }) => producer).map(({ name }) => name);
      const seen = new Map((await all(observe(model, names, feeds, { backend, maxBytes: 2 ** 22 }))).map(({ value, tensor }) => [value, tensor] as const));
      expect(seen.size).toBe(new Set(names).size);
      for (const value of definedValues(model.graph)) {
        const type = shapes.of(value);
        const tensor = seen.get(value.name);
        if (!tensor || type?.kind !== 'tensor' || !type.shape?.every((dim) => typeof dim === 'number')) continue;
        expect(sameDims(tensor.dims, type.shape as number[]), `${value.name}: ${tensor.dims} against ${type.shape}`).toBe(true);
      }
    });
});

test('room that is none', async () => {
  for (const maxBytes of [0, -1, Number.NaN])
    expect(
      await codeOf(async () => {
        for await (const _ of observe(chain(), ['a'], [{ x: vector(1) }], { backend, maxBytes }));
      }),
    ).toBe('runtime/bad-option');
});

describe('compareBackends', () => {
  /** y = int32(u8 a times s8 b) behind a few plain ops. */
  async function saturating(): Promise<Model> {
    const g = graphBuilder();
    const x = g.input('x', 'float32', [1, 64]);
    const a = g.op('Cast', [g.op('Abs', [x], {}, { output: 'abs' })], { to: 2 }, { output: 'codes' });
    const b = g.constant('b', { type: 'int8', dims: [64, 1], data: new Int8Array(64).fill(127) });
    g.output(g.op('MatMulInteger', [a, b], {}, { name: 'product', output: 'sum' }), 'sum', { dtype: 'int32', dims: [1, 1] });
    return g.model();
  }
  const feeds = [{ x: { type: 'float32', dims: [1, 64], data: new Float32Array(64).fill(-255) } as Tensor }];

  test('the same backend twice diverges nowhere', async () => {
    const { values, firstDiverging, notCompared } = await compareBackends(await saturating(), backend, backend, { feeds });
    expect(values.map(({ name }) => name)).toEqual(['abs', 'codes', 'sum']);
    expect(values.every(({ sqnrDb }) => sqnrDb === Number.POSITIVE_INFINITY)).toBe(true);
    expect(firstDiverging).toBeUndefined();
    expect(notCompared).toEqual([]);
  });

  describe('inside bodies', () => {
    const broken = (...ops: string[]): Backend =>
      referenceBackend({
        kernels: {
          ...kernels,
          ...Object.fromEntries(ops.map((op) => [op, (node, inputs, run) => kernels[op === 'Greater' ? 'Less' : 'Abs']!(node, inputs, run)])),
        },
      });
    /** An If on x > 0 whose branch is a Loop of 3 rounds with a Tanh in it; the other branch negates. */
    function nested(): Model {
      const g = graphBuilder();
      const x = g.input('x', 'float32', [2]);
      const positive = g.op(
        'Greater',
        [g.op('ReduceSum', [x], { keepdims: 0 }), g.constant('zero', { type: 'float32', dims: [], data: Float32Array.of(0) })],
        {},
        { output: 'positive' },
      );
      const y = g.op(
        'If',
        [positive],
        {
          then_branch: g.subgraph('then', (then) => {
            const rounds = then.constant('rounds', { type: 'int64', dims: [], data: BigInt64Array.of(3n) });
            const body = then.subgraph('body', (b) => {
              b.input('i', 'int64', []);
              const go = b.input('go', 'bool', []);
              const state = b.input('state', 'float32', [2]);
              return [b.op('Identity', [go]), b.op('Sub', [b.op('Tanh', [state], {}, { name: 'squash', output: 'squashed' }), x], {}, { output: 'next' })];
            });
            return then.op('Loop', [rounds, undefined, x], { body }, { output: 'looped' });
          }),
          else_branch: g.subgraph('else', (other) => other.op('Neg', [x], {}, { output: 'negated' })),
        },
        { name: 'choose', output: 'y' },
      );
      g.output(y, 'y', { dtype: 'float32', dims: [2] });
      return g.model();
    }
    const fed = [{ x: vector(1, -0.5) }];

    test('the node that diverges is named by its address', async () => {
      const { firstDiverging, values } = await compareBackends(nested(), referenceBackend(), broken('Tanh'), { feeds: fed });
      expect(firstDiverging).toMatchObject({
        opType: 'Tanh',
        node: expect.stringMatching(/^choose\/then_branch\/.*squash$/),
        value: expect.stringMatching(/squashed$/),
      });
      expect(values.map(({ name }) => name)).toContain(firstDiverging!.value);
    });

    test('values asked for by address are judged too', async () => {
      const { firstDiverging } = await compareBackends(nested(), referenceBackend(), broken('Tanh'), { feeds: fed });
      const { value } = firstDiverging!;
      const again = await compareBackends(nested(), referenceBackend(), broken('Tanh'), { feeds: fed, values: [value] });
      expect([again.firstDiverging?.value, again.values.length]).toEqual([value, 1]);
    });

    test('a body that nothing can be brought out of is passed over', async () => {
      const g = graphBuilder();
      const x = g.input('x', 'float32', [2]);
      const yes = g.op('Greater', [g.op('ReduceMax', [x], { keepdims: 0 }), g.op('ReduceMin', [x], { keepdims: 0 })]);
      const then_branch = g.subgraph('then', (then) => {
        const list = then.op('SplitToSequence', [x], { axis: 0, keepdims: 1 });
        const body = then.subgraph('body', (b) => b.op('Tanh', [b.input('item', 'float32', [1])], {}, { output: 'squashed' }));
        return then.op('ConcatFromSequence', [then.op('SequenceMap', [list], { body })], { axis: 0 }, { name: 'joined', output: 'whole' });
      });
      const else_branch = g.subgraph('else', (other) => other.op('Neg', [x]));
      g.output(g.op('If', [yes], { then_branch, else_branch }, { name: 'choose' }), 'y', { dtype: 'float32', dims: [2] });
      const { firstDiverging } = await compareBackends(g.model(), referenceBackend(), broken('Tanh'), { feeds: fed });
      expect(firstDiverging).toMatchObject({ node: 'choose/then_branch/joined', value: 'choose/then_branch/whole' });
    });

    test('where another branch is taken, values have no partner, and are not compared with their neighbours', async () => {
      const model = nested();
      const branches = ['choose/then_branch/looped', 'choose/else_branch/negated'];
      const { values, notCompared } = await compareBackends(model, referenceBackend(), broken('Greater'), { feeds: fed, values: [...branches, 'y'] });
      expect(notCompared.map(({ name, reason }) => [name, reason.slice(0, 23)])).toEqual(branches.map((name) => [name, 'only reference computes']));
      expect(values.map(({ name }) => name)).toEqual(['y']);
    });
  });

  test('names the first node that diverges', async () => {
    const wrong: Backend = {
      ...backend,
      name: 'wrong',
      createSession: async (source, options) => {
        const session = await backend.createSession(source, options);
        const run = async (feeds: Feeds): Promise<Record<string, Tensor>> => {
          const results = await session.run(feeds);
          return { ...results, codes: { type: 'uint8', dims: [1, 64], data: new Uint8Array(64).fill(127) } };
        };
        return { ...session, run };
      },
    };
    const { firstDiverging, values } = await compareBackends(await saturating(), backend, wrong, { feeds });
    expect(firstDiverging).toMatchObject({ opType: 'Cast', value: 'codes' });
    expect(values.find(({ name }) => name === 'codes')!.sqnrDb).toBeCloseTo(20 * Math.log10(255 / 128), 6);
  });
});
