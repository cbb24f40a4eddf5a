// Files beyond 2 GiB: opened and read like any other (the file here is sparse, so it costs no disk).
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLazy, type LazyTensor, lazyTensor, tensor } from '@modeldiet/tensor';
import { afterAll, expect, it } from 'vitest';
import { setInitializer } from '../ir/edit';
import { findValue } from '../ir/walk';
import { concat, initializer, int, node, opset, output, raw, tensor as tensorField, varint } from '../testing/wire';
import { readModel } from './read-model';
import { writeModel } from './write-model';

const folder = mkdtempSync(join(tmpdir(), 'large-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a single file of 3 GiB: a weight behind the first 2^31 bytes is read, and the model is written again without the large one', async () => {
  const large = 3 * 2 ** 30;
  const inner = concat(tensorField('large', 1, [large / 4]), varint((9 << 3) | 2), varint(large));
  const after = concat(initializer(tensorField('small', 1, [1000], raw(new Uint8Array(4000).fill(64)))), output('y'));
  const nodes = node('Add', ['large', 'small'], ['y']);
  const head = concat(nodes, varint((5 << 3) | 2), varint(inner.length + large), inner);
  const begin = concat(int(1, 10), varint((7 << 3) | 2), varint(head.length + large + after.length), head);
  const path = join(folder, 'large.onnx');
  const file = openSync(path, 'w');
  writeSync(file, begin, 0, begin.length, 0);
  const tail = concat(after, opset(21));
  writeSync(file, tail, 0, tail.length, begin.length + large);
  closeSync(file);
  expect(statSync(path).size).toBe(begin.length + large + tail.length);

  const model = await readModel(path);
  const value = findValue(model.graph, 'large')!;
  expect(value.initializer).toMatchObject({ type: 'float32', dims: [large / 4], byteLength: large });
  const small = findValue(model.graph, 'small')!.initializer as LazyTensor;
  expect(isLazy(small)).toBe(true);
  expect((await small.load()).data).toEqual(new Float32Array(1000).fill(3.0039215087890625));

  setInitializer(
    value,
    lazyTensor('float32', [2], async () => tensor('float32', Float32Array.of(1, 2), [2])),
  );
  await writeModel(model, path);
  expect(statSync(path).size).toBeLessThan(5000);
  expect(findValue((await readModel(path)).graph, 'large')!.initializer).toMatchObject({ data: Float32Array.of(1, 2) });
});
