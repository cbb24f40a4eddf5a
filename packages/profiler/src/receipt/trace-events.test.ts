import { linear, relu, sequential } from '@modeldiet/onnx-io';
import { ortBackend, randomFeeds } from '@modeldiet/runtime';
import { fileTrace } from '@modeldiet/runtime/node';
import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { profileModel } from './profile-model';
import { toTraceEvents } from './trace-events';

it('has an event for each kernel of each run, in order, from 0', async () => {
  const model = sequential([linear(32, 64), relu(), linear(64, 8)], { seed: 1 });
  const backend = ortBackend(ort, { trace: fileTrace() });
  const receipt = await profileModel(model, { backend, feeds: randomFeeds(model), runs: 3, rates: false });
  const { traceEvents, otherData } = JSON.parse(JSON.stringify(toTraceEvents(receipt))) as ReturnType<typeof toTraceEvents>;
  const kernels = traceEvents.filter(({ ph }) => ph === 'X');
  expect(kernels).toHaveLength(receipt.events.length);
  expect(kernels.length).toBeGreaterThanOrEqual(3 * receipt.nodes.length);
  expect(Math.min(...kernels.map(({ ts }) => ts!))).toBe(0);
  expect(kernels.every(({ dur, name, args }) => dur! >= 0 && name !== '' && typeof args.node === 'string')).toBe(true);
  expect(traceEvents.filter(({ ph }) => ph === 'M').map(({ args }) => args.name)).toEqual([expect.stringContaining('onnxruntime'), 'CPUExecutionProvider']);
  expect(otherData).toMatchObject({ runs: 3, threads: 1 });
});

it('is empty for no events', () => {
  expect(toTraceEvents({ events: [], backend: 'cpu', runtime: 'r', threads: 1, runs: 0 }).traceEvents).toHaveLength(1);
});
