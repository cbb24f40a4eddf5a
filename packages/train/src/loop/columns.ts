// A dataset in memory as columns, so that a step costs a gather and nothing else: rows are copied into batches in any order.
import type { Batches, DType, Feeds, Tensor } from '@modeldiet/tensor';
import { byteLengthOf, checkpoint, type LongWork, tensorFromBytes } from '@modeldiet/tensor';
import { fail } from '../errors';

/** Every column has the same first extent, `count`. */
export interface Columns {
  readonly count: number;
  readonly feeds: Feeds;
}

const sameRow = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((extent, axis) => axis === 0 || extent === b[axis]);

function joined(name: string, parts: readonly Tensor[]): Tensor {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  for (const part of parts)
    if (part.type !== first.type || !sameRow(part.dims, first.dims))
      throw fail(
        'label-type',
        { where: { value: name }, expected: `${first.type} [n,${first.dims.slice(1)}]`, actual: `${part.type} [${part.dims}]` },
        'the items of a column differ in type or shape',
      );
  const dims = [parts.reduce((sum, { dims: [n = 0] }) => sum + n, 0), ...first.dims.slice(1)];
  if (first.type === 'string') return { type: 'string', dims, data: (parts as Tensor<'string'>[]).flatMap(({ data }) => [...data]) };
  const bytes = new Uint8Array(byteLengthOf(first.type, dims));
  let at = 0;
  for (const { data } of parts as Tensor<Exclude<DType, 'string'>>[]) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return tensorFromBytes(first.type, dims, bytes) as Tensor;
}

/** Reads a dataset once. Throws `train/empty-dataset`. */
export async function readColumns(dataset: Batches, option: string, work: LongWork): Promise<Columns> {
  const parts = new Map<string, Tensor[]>();
  let items = 0;
  for await (const item of dataset) {
    await checkpoint(work);
    for (const [name, column] of Object.entries(item)) {
      const before = parts.get(name);
      if (before) before.push(column);
      else if (items === 0) parts.set(name, [column]);
      else throw fail('column-missing', { where: { option, value: name } }, `a column that earlier items did not have, in item ${items}`);
    }
    items++;
    for (const [name, list] of parts)
      if (list.length !== items) throw fail('column-missing', { where: { option, value: name } }, `missing in item ${items - 1}`);
  }
  const feeds = Object.fromEntries([...parts].map(([name, list]) => [name, joined(name, list)]));
  const counts = Object.entries(feeds).map(([name, { dims }]) => [name, dims[0] ?? 0] as const);
  const count = counts[0]?.[1] ?? 0;
  for (const [name, n] of counts)
    if (n !== count)
      throw fail('label-type', { where: { option, value: name }, expected: `${count} rows`, actual: n }, 'columns have different numbers of rows');
  if (count === 0) throw fail('empty-dataset', { where: { option } });
  return { count, feeds };
}

/** Copies of rows, in buffers of their own that are used again for every batch of that length: a batch is valid until the next call. */
export function gatherer(feeds: Feeds): (order: Uint32Array) => Feeds {
  const columns = Object.entries(feeds).map(([name, column]) => ({
    name,
    column,
    width: column.dims.slice(1).reduce((a, b) => a * b, 1),
    made: new Map<number, Tensor>(),
  }));
  return (order) => {
    const batch: Record<string, Tensor> = {};
    for (const { name, column, width, made } of columns) {
      const dims = [order.length, ...column.dims.slice(1)];
      if (column.type === 'string') {
        batch[name] = { type: 'string', dims, data: Array.from(order, (row) => column.data.slice(row * width, (row + 1) * width)).flat() };
        continue;
      }
      let to = made.get(order.length);
      if (!to) made.set(order.length, (to = tensorFromBytes(column.type, dims, new Uint8Array(byteLengthOf(column.type, dims))) as Tensor));
      copyRows(column, to as Exclude<Tensor, Tensor<'string'>>, order, width);
      batch[name] = to;
    }
    return batch;
  };
}

type Numeric = Exclude<Tensor, Tensor<'string'>>;

function copyRows(from: Numeric, to: Numeric, order: Uint32Array, width: number): void {
  const source = new Uint8Array(from.data.buffer, from.data.byteOffset, from.data.byteLength);
  const target = new Uint8Array(to.data.buffer, to.data.byteOffset, to.data.byteLength);
  const bytes = width * (to.data.byteLength / Math.max(1, order.length * width));
  for (let i = 0; i < order.length; i++) target.set(source.subarray(order[i]! * bytes, (order[i]! + 1) * bytes), i * bytes);
}
