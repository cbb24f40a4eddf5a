// Loading: bytes, external data, bound dims; what cannot be loaded is a typed error.
import { saveModel } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { withSession } from '../../session';
import type { ConformanceCase } from '../cases';
import { equal, near, rejects } from '../check';
import { identity, linear, linearOf, twoInputs, unknownOp } from '../models';

const rows = (...values: number[]): Tensor => ({ type: 'float32', dims: [values.length / 4, 4], data: Float32Array.from(values) });

export const loadCases: readonly ConformanceCase[] = [
  {
    name: 'load/bytes',
    run: async (backend) => {
      const { bytes } = await saveModel(linear());
      await withSession(backend, bytes, {}, async (session) => near((await session.run({ x: rows(1, 2, 3, 4) })).y, linearOf([1, 2, 3, 4]), 1e-5, 'y'));
    },
  },
  {
    name: 'load/bytes tell a scalar from an unknown rank',
    run: async (backend) => {
      for (const dims of [[], null])
        await withSession(backend, (await saveModel(identity('float32', dims))).bytes, {}, async (session) =>
          equal(session.inputs[0]?.dims, dims ?? undefined, 'slot'),
        );
    },
  },
  {
    name: 'load/bytes with external data',
    run: async (backend) => {
      const { bytes, externalData } = await saveModel(linear(), { externalData: { threshold: 0 } });
      equal(Object.keys(externalData).length, 1, 'data files');
      await withSession(backend, { bytes, externalData }, {}, async (session) =>
        near((await session.run({ x: rows(1, 2, 3, 4) })).y, linearOf([1, 2, 3, 4]), 1e-5, 'y'),
      );
    },
  },
  {
    name: 'load/dims bound',
    run: async (backend) => {
      for (const source of [linear(), (await saveModel(linear())).bytes])
        await withSession(backend, source, { dims: { batch: 2 } }, async (session) => {
          equal(session.inputs[0]?.dims, [2, 4], 'slot');
          near((await session.run({ x: rows(1, 2, 3, 4, 5, 6, 7, 8) })).y, linearOf([1, 2, 3, 4, 5, 6, 7, 8]), 1e-4, 'y');
          await rejects(session.run({ x: rows(1, 2, 3, 4) }), 'runtime/feed-dims', 'x');
        });
    },
  },
  {
    name: 'load/a dim that is not there',
    run: async (backend) => {
      for (const source of [twoInputs(), (await saveModel(twoInputs())).bytes])
        await rejects(backend.createSession(source, { dims: { m: 2 } }), 'runtime/unknown-dim');
      await rejects(backend.createSession(twoInputs(), { dims: { n: 1.5 } }), 'runtime/unknown-dim');
    },
  },
  {
    name: 'load/bytes that are no model',
    run: (backend) => rejects(backend.createSession(new TextEncoder().encode('<!doctype html>')), 'runtime/not-a-model'),
  },
  { name: 'load/an op the runtime lacks', run: (backend) => rejects(backend.createSession(unknownOp()), 'runtime/unknown-op') },
  {
    name: 'load/threads that are no count',
    run: async (backend) => {
      for (const threads of [0, -1, 1.5, Number.NaN]) await rejects(backend.createSession(linear(), { threads }), 'runtime/bad-threads');
    },
  },
];
