import { expect, test } from 'vitest';
import { linear } from './conformance/models';
import { placement } from './placement';
import { randomFeeds } from './random/random-feeds';
import { testBackend as backend, codeOf } from './testing/ort';

test('every node and where it ran', async () => {
  const { nodes, counts } = await placement(linear(), { backend, feeds: randomFeeds(linear()), optimize: 'none' });
  expect(nodes.map(({ opType }) => opType)).toEqual(['MatMul', 'Add']);
  expect(nodes[0]).toEqual({ node: 'product', opType: 'MatMul', provider: 'CPUExecutionProvider' });
  expect(counts).toEqual({ CPUExecutionProvider: 2 });
});

test('needs feeds', async () => {
  expect(await codeOf(() => placement(linear(), { backend, feeds: [] }))).toBe('runtime/empty-dataset');
});
