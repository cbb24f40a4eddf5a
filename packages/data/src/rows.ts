// Rows along axis 0, which every column of feeds has: counted, cut, gathered, joined.
import { byteLengthOf, bytesOf, type Feeds, rows, sameDims, type Tensor, tensor, tensorFromBytes } from '@modeldiet/tensor';
import { fail } from './errors';

/** Rows of the feeds. Errors: `data/columns` when columns differ in it, a column is a scalar, or there is no column. */
export function rowCount(feeds: Feeds): number {
  let count: number | undefined;
  for (const [name, t] of Object.entries(feeds)) {
    const extent = t.dims[0];
    if (extent === undefined) throw fail('columns', { where: { value: name }, expected: 'a batch axis', actual: 'a scalar' });
    if (count !== undefined && extent !== count) throw fail('columns', { where: { value: name }, expected: `${count} rows`, actual: extent });
    count = extent;
  }
  if (count === undefined) throw fail('columns', { expected: 'at least one column', actual: 0 });
  return count;
}

/** Rows `from` to `to` of every column, as views where that is possible. */
export const sliceFeeds = (feeds: Feeds, from: number, to: number): Feeds => mapColumns(feeds, (t) => rows(t, from, to));

export const mapColumns = (feeds: Feeds, f: (t: Tensor, name: string) => Tensor): Feeds =>
  Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, f(t, name)]));

/** These rows, in this order, as a copy. */
export const gatherFeeds = (feeds: Feeds, indices: ArrayLike<number>): Feeds => mapColumns(feeds, (t) => gatherRows(t, indices));

function gatherRows(t: Tensor, indices: ArrayLike<number>): Tensor {
  const dims = [indices.length, ...t.dims.slice(1)];
  if (t.type === 'string') {
    const step = t.dims[0] === 0 ? 0 : t.data.length / t.dims[0]!;
    return tensor(
      'string',
      Array.from(indices).flatMap((i) => t.data.slice(i * step, (i + 1) * step)),
      dims,
    );
  }
  const rowBytes = byteLengthOf(t.type, [1, ...t.dims.slice(1)]);
  // Rows that do not fill whole bytes are joined number by number.
  if (rowBytes * t.dims[0]! !== byteLengthOf(t.type, t.dims)) return concatRows(Array.from(indices, (i) => rows(t, i, i + 1)));
  const from = bytesOf(t);
  const out = new Uint8Array(rowBytes * indices.length);
  for (let k = 0; k < indices.length; k++) out.set(from.subarray(indices[k]! * rowBytes, (indices[k]! + 1) * rowBytes), k * rowBytes);
  return tensorFromBytes(t.type, dims, out);
}

/** Joins feeds along axis 0. Errors: `data/columns` when names, types or the other dims differ. */
export function concatFeeds(parts: readonly Feeds[]): Feeds {
  const [first, ...others] = parts;
  if (!first) throw fail('empty');
  if (others.length === 0) return first;
  const names = Object.keys(first);
  for (const part of others) {
    const wrong = Object.keys(part).find((name) => !(name in first)) ?? names.find((name) => !(name in part));
    if (wrong !== undefined) throw fail('columns', { where: { value: wrong }, expected: names, actual: Object.keys(part) });
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      concatRows(
        parts.map((part) => part[name]!),
        name,
      ),
    ]),
  );
}

function concatRows(parts: readonly Tensor[], name = ''): Tensor {
  const first = parts[0]!;
  const tail = first.dims.slice(1);
  for (const { type, dims } of parts)
    if (type !== first.type || !sameDims(dims.slice(1), tail))
      throw fail('columns', { where: { value: name }, expected: `${first.type}[n, ${tail}]`, actual: `${type}[${dims}]` }, 'columns of one batch');
  const dims = [parts.reduce((n, t) => n + t.dims[0]!, 0), ...tail];
  if (first.type === 'string')
    return tensor(
      'string',
      parts.flatMap((t) => (t.type === 'string' ? t.data : [])),
      dims,
    );
  const out = new Uint8Array(byteLengthOf(first.type, dims));
  const rowBits = byteLengthOf(first.type, [8, ...tail]);
  // Bits of a row: 8 rows fill whole bytes, whatever the type.
  let at = 0;
  for (const t of parts) {
    const bytes = bytesOf(t);
    const start = at / 8;
    if (Number.isInteger(start)) out.set(bytes, start);
    else shiftInto(out, bytes, at);
    at += t.dims[0]! * rowBits;
  }
  return tensorFromBytes(first.type, dims, out);
}

/** Ors `bytes` into `out` from bit `at` on, low bits first; the spare bits of packed tensors are zero. */
function shiftInto(out: Uint8Array, bytes: Uint8Array, at: number): void {
  const [start, shift] = [at >> 3, at & 7];
  for (let i = 0; i < bytes.length; i++) {
    out[start + i]! |= (bytes[i]! << shift) & 255;
    if (start + i + 1 < out.length) out[start + i + 1]! |= bytes[i]! >> (8 - shift);
  }
}
