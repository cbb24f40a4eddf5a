// Runs: dynamic dims, fetches, ownership of outputs, failures inside the run, optimisation levels, trace.
import { isModelDietError, type ModelDietError } from '@modeldiet/numfmt';
import type { Tensor } from '@modeldiet/tensor';
import { withSession } from '../../session';
import type { ConformanceCase } from '../cases';
import { demand, equal, near, rejects } from '../check';
import { anyWidth, halves, identity, linear, linearOf, twoInputs, withSequence } from '../models';

const vector = (...values: number[]): Tensor => ({ type: 'float32', dims: [values.length], data: Float32Array.from(values) });
const rows = (values: readonly number[]): Tensor => ({ type: 'float32', dims: [values.length / 4, 4], data: Float32Array.from(values) });

export const runCases: readonly ConformanceCase[] = [
  {
    name: 'run/dynamic dims, empty ones too',
    run: (backend) =>
      withSession(backend, linear(), {}, async (session) => {
        equal(session.inputs[0]?.dims, ['batch', 4], 'slot');
        for (const count of [1, 3, 2, 64]) {
          const values = Array.from({ length: count * 4 }, (_, i) => (i % 7) - 3);
          const { y } = await session.run({ x: rows(values) });
          equal(y?.dims, [count, 3], `dims at ${count} rows`);
          near(y, linearOf(values), 1e-4, `y at ${count} rows`);
        }
        equal((await session.run({ x: rows([]) })).y?.dims, [0, 3], 'no rows');
      }),
  },
  {
    name: 'run/scalar, and an input of unknown rank',
    run: async (backend) => {
      const scalar: Tensor = { type: 'float32', dims: [], data: Float32Array.of(7) };
      await withSession(backend, identity('float32', []), {}, async (session) => {
        equal(session.inputs[0]?.dims, [], 'a scalar slot');
        equal((await session.run({ x: scalar })).y, scalar, 'a scalar');
      });
      await withSession(backend, identity('float32', null), {}, async (session) => {
        equal(session.inputs[0]?.dims, undefined, 'a slot of unknown rank');
        for (const x of [scalar, vector(1, 2), rows([1, 2, 3, 4])]) equal((await session.run({ x })).y, x, `rank ${x.dims.length}`);
      });
    },
  },
  {
    name: 'run/fetches: some outputs, in no order; an unknown one is an error',
    run: (backend) =>
      withSession(backend, twoInputs(), {}, async (session) => {
        const feeds = { a: vector(2), b: vector(3) };
        equal(Object.keys(await session.run(feeds)).sort(), ['p', 's'], 'all');
        equal(await session.run(feeds, { fetches: ['p'] }), { p: vector(6) }, 'p alone');
        await rejects(session.run(feeds, { fetches: ['q'] }), 'runtime/unknown-fetch', 'q');
      }),
  },
  {
    name: 'run/outputs that are no tensors are listed and left out',
    run: (backend) =>
      withSession(backend, withSequence(), {}, async (session) => {
        equal(session.outputs.map(({ name }) => name).sort(), ['y', 'z'], 'outputs');
        equal(session.outputs.find(({ name }) => name === 'y')?.dtype, undefined, 'dtype of a sequence');
        equal(Object.keys(session.notFetched), ['y'], 'notFetched');
        equal(await session.run({ x: vector(-1, 1) }), { z: vector(0, 1) }, 'outputs');
        await rejects(session.run({ x: vector(1) }, { fetches: ['y'] }), 'runtime/not-fetchable', 'y');
      }),
  },
  {
    name: 'run/outputs belong to the caller: no later run changes them, writing to them changes nothing',
    run: (backend) =>
      withSession(backend, identity('float32'), {}, async (session) => {
        const fed = vector(1, 2, 3);
        const first = (await session.run({ x: fed })).y as Tensor<'float32'>;
        demand(first.data.buffer !== (fed.data as Float32Array).buffer, 'the output is the feed itself');
        const second = (await session.run({ x: vector(7, 8, 9) })).y as Tensor<'float32'>;
        equal(first, vector(1, 2, 3), 'the first output after the second run');
        demand(first.data.buffer !== second.data.buffer, 'two runs share a buffer');
        first.data.fill(99);
        equal(second, vector(7, 8, 9), 'the second output after the first was written to');
        equal(fed, vector(1, 2, 3), 'the feed after the output was written to');
        equal((await session.run({ x: fed })).y, vector(1, 2, 3), 'a later run');
        demand(first.data.byteLength === first.data.buffer.byteLength, 'the output keeps a larger buffer alive');
      }),
  },
  {
    name: 'run/feeds are not written to',
    run: (backend) =>
      withSession(backend, linear(), {}, async (session) => {
        const x = rows([1, 2, 3, 4]);
        await session.run({ x });
        equal(x, rows([1, 2, 3, 4]), 'x');
      }),
  },
  {
    name: 'run/a failure inside is an error of that run alone',
    run: (backend) =>
      withSession(backend, halves(), {}, async (session) => {
        await rejects(session.run({ x: vector(1, 2, 3) }), 'runtime/run-failed');
        equal((await session.run({ x: vector(1, 2, 3, 4) })).y, { type: 'float32', dims: [2, 2], data: Float32Array.of(-1, -2, -3, -4) }, 'the next run');
      }),
  },
  {
    name: 'run/a failure inside names the node',
    run: (backend) =>
      withSession(backend, anyWidth(), {}, async (session) => {
        const failed = await session.run({ x: { type: 'float32', dims: [1, 5], data: new Float32Array(5) } }).catch((e: unknown) => e);
        demand(isModelDietError(failed), 'no typed error');
        const {
          code,
          where: { opType, node },
        } = failed as ModelDietError;
        equal({ code, opType, node }, { code: 'runtime/run-failed', opType: 'MatMul', node: 'layer/product' }, 'error');
        near((await session.run({ x: rows([1, 2, 3, 4]) })).y, [10, 10, 10], 1e-5, 'the next run');
      }),
  },
  {
    name: 'run/at once: results do not mix',
    run: (backend) =>
      withSession(backend, identity('float32'), {}, async (session) => {
        const results = await Promise.all(Array.from({ length: 16 }, (_, i) => session.run({ x: vector(i, -i) })));
        results.forEach(({ y }, i) => {
          equal(y, vector(i, -i), `run ${i}`);
        });
      }),
  },
  ...(['none', 'basic', 'extended', 'all'] as const).map(
    (optimize): ConformanceCase => ({
      name: `run/optimize: ${optimize}`,
      run: (backend) =>
        withSession(backend, linear(), { optimize }, async (session) => {
          near((await session.run({ x: rows([1, -2, 3, -4]) })).y, linearOf([1, -2, 3, -4]), 1e-5, 'y');
        }),
    }),
  ),
  {
    name: 'run/trace: every kernel of every run, with its op and time',
    run: (backend) =>
      withSession(backend, linear(), { trace: true, optimize: 'none' }, async (session) => {
        for (let i = 0; i < 3; i++) await session.run({ x: rows([1, 2, 3, 4]) });
        demand(session.trace !== undefined, 'the session has no trace');
        const events = await session.trace!();
        const products = events.filter(({ node, opType }) => node === 'product' && opType === 'MatMul');
        equal(products.length, 3, 'events of the node');
        demand(
          products.every(({ durationUs, startUs, provider }) => durationUs >= 0 && startUs >= 0 && provider !== ''),
          'an event lacks its figures',
        );
      }),
  },
];
