// Ops that make tensors from numbers.
import { type Random, random, type Tensor } from '@modeldiet/tensor';
import { floatOf, intOf, intsOf, tensorOf } from '../../attributes';
import { dtypeOf } from '../../dtypes';
import { fromNumbers, fromWide, int64s, integersOf, isWide, numbersOf, pick } from '../array';
import { axisOf, badInput, type Kernel, tensorAt } from '../kernel';
import { aroundAxis, elementCount, stridesOf } from '../layout';

const constantOfShape: Kernel = (node, inputs) => {
  const dims = integersOf(tensorAt(node, inputs, 0));
  const value = tensorOf(node, 'value');
  const fill: Tensor = value && 'data' in value ? value : { type: 'float32', dims: [1], data: new Float32Array(1) };
  return [pick(fill, dims, () => 0)];
};

const range: Kernel = (node, inputs) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const [from, to, by] = [start, limit, delta].map((t) => Number(isWide(t.type) ? t.data[0] : numbersOf(t)[0])) as [number, number, number];
  if (by === 0) badInput(node, 2, 'delta is 0');
  const count = Math.max(0, Math.ceil((to - from) / by));
  if (isWide(start.type))
    return [
      fromWide(
        start.type,
        [count],
        Array.from({ length: count }, (_, i) => (start.data as BigInt64Array)[0]! + BigInt(i) * (delta.data as BigInt64Array)[0]!),
      ),
    ];
  return [
    fromNumbers(
      start.type,
      [count],
      Float64Array.from({ length: count }, (_, i) => from + i * by),
    ),
  ];
};

const eyeLike: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const [rows, columns] = x.dims as [number, number];
  const k = intOf(node, 'k', 0);
  return [
    fromNumbers(
      dtypeOf(intOf(node, 'dtype')) ?? x.type,
      x.dims,
      Float64Array.from({ length: rows * columns }, (_, i) => ((i % columns) - Math.floor(i / columns) === k ? 1 : 0)),
    ),
  ];
};

/** The indices of the elements that are not zero, one row an axis. */
const nonZero: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const hits = Array.from(numbersOf(x)).flatMap((each, i) => (each !== 0 ? [i] : []));
  const strides = stridesOf(x.dims);
  return [
    int64s(
      x.dims.flatMap((extent, axis) => hits.map((i) => Math.floor(i / strides[axis]!) % extent)),
      [x.dims.length, hits.length],
    ),
  ];
};

/** Unique slices along an axis (or elements), sorted or in order of appearance, with first indices, inverse and counts. */
const unique: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const given = intOf(node, 'axis');
  const axis = given === undefined ? undefined : axisOf(node, given, x.dims.length);
  const [outer, extent, inner] = axis === undefined ? [1, elementCount(x.dims), 1] : aroundAxis(x.dims, axis);
  const values = x.type === 'string' ? x.data : isWide(x.type) ? Array.from(x.data as BigInt64Array) : Array.from(numbersOf(x));
  const at = (slice: number, k: number): number => (Math.floor(k / inner) * extent + slice) * inner + (k % inner);
  const order = (a: number, b: number): number => {
    for (let k = 0; k < outer * inner; k++) {
      const [p, q] = [values[at(a, k)]!, values[at(b, k)]!];
      if (p !== q) return p < q ? -1 : 1;
    }
    return 0;
  };
  const sorted = Array.from({ length: extent }, (_, i) => i).sort((a, b) => order(a, b) || a - b);
  const groups: number[][] = [];
  for (const i of sorted) {
    const last = groups[groups.length - 1];
    if (last && order(last[0]!, i) === 0) last.push(i);
    else groups.push([i]);
  }
  if (intOf(node, 'sorted', 1) === 0) groups.sort((a, b) => a[0]! - b[0]!);
  const inverse = new Array<number>(extent);
  groups.forEach((group, g) => {
    for (const i of group) inverse[i] = g;
  });
  const first = groups.map((group) => group[0]!);
  const dims = axis === undefined ? [groups.length] : x.dims.map((dim, i) => (i === axis ? groups.length : dim));
  const y = pick(x, dims, (n) => at(first[Math.floor(n / inner) % first.length]!, Math.floor(n / (first.length * inner)) * inner + (n % inner)));
  return [y, int64s(first), int64s(inverse), int64s(groups.map((group) => group.length))];
};

/** Seeded: the same node gives the same numbers, though not those of another implementation. */
const seeded = (node: Parameters<Kernel>[0]): Random => random(floatOf(node, 'seed', 0));
const drawn =
  (draw: (r: Random, node: Parameters<Kernel>[0]) => number, like: boolean): Kernel =>
  (node, inputs) => {
    const r = seeded(node);
    const model = like ? tensorAt(node, inputs, 0) : undefined;
    const dims = model?.dims ?? intsOf(node, 'shape') ?? [];
    return [
      fromNumbers(
        dtypeOf(intOf(node, 'dtype')) ?? model?.type ?? 'float32',
        dims,
        Float64Array.from({ length: elementCount(dims) }, () => draw(r, node)),
      ),
    ];
  };
const uniform = (r: Random, node: Parameters<Kernel>[0]): number => floatOf(node, 'low', 0) + r.next() * (floatOf(node, 'high', 1) - floatOf(node, 'low', 0));
const normal = (r: Random, node: Parameters<Kernel>[0]): number => floatOf(node, 'mean', 0) + r.normal() * floatOf(node, 'scale', 1);

const bernoulli: Kernel = (node, inputs) => {
  const p = tensorAt(node, inputs, 0);
  const r = seeded(node);
  return [
    fromNumbers(
      dtypeOf(intOf(node, 'dtype')) ?? p.type,
      p.dims,
      Float64Array.from(numbersOf(p), (each) => (r.next() < each ? 1 : 0)),
    ),
  ];
};

const multinomial: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const [batch, classes] = x.dims as [number, number];
  const count = intOf(node, 'sample_size', 1);
  const r = seeded(node);
  const weights = Float64Array.from(numbersOf(x), Math.exp);
  const out = Float64Array.from({ length: batch * count }, (_, i) => {
    const row = weights.subarray(Math.floor(i / count) * classes, (Math.floor(i / count) + 1) * classes);
    let left = r.next() * row.reduce((a, b) => a + b, 0);
    return Math.max(
      0,
      row.findIndex((weight) => (left -= weight) < 0),
    );
  });
  return [fromNumbers(dtypeOf(intOf(node, 'dtype', 6)) ?? 'int32', [batch, count], out)];
};

export const kernels = {
  ConstantOfShape: constantOfShape,
  Range: range,
  EyeLike: eyeLike,
  NonZero: nonZero,
  Unique: unique,
  RandomUniform: drawn(uniform, false),
  RandomNormal: drawn(normal, false),
  RandomUniformLike: drawn(uniform, true),
  RandomNormalLike: drawn(normal, true),
  Bernoulli: bernoulli,
  Multinomial: multinomial,
} satisfies Record<string, Kernel>;
