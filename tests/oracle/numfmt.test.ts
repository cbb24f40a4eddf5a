// numfmt against ONNX Runtime: QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear and Cast run there on random numbers, ties and ends of the range.

import {
  chooseQParams,
  codeRange,
  decodeArray,
  dequantizeLinear,
  dynamicQuantizeLinear,
  encodeArray,
  formats,
  type Granularity,
  perAxis,
  perBlock,
  perTensor,
  type QParams,
  type QuantizedFormat,
  quantizeLinear,
  scaleDims,
} from '@modeldiet/numfmt';
import { graphBuilder, saveModel } from '@modeldiet/onnx-io';
import { type DataOf, type DType, random, type Tensor, tensor } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';

type Builder = ReturnType<typeof graphBuilder>;

async function run(
  build: (g: Builder, x: ReturnType<Builder['input']>) => unknown,
  x: Float32Array,
  dims: readonly number[],
): Promise<ort.InferenceSession.OnnxValueMapType> {
  const g = graphBuilder();
  build(g, g.input('x', 'float32', [...dims]));
  const { bytes } = await saveModel(g.model());
  const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1 });
  try {
    return await session.run({ x: new ort.Tensor('float32', x, dims) });
  } finally {
    await session.release();
  }
}

const constant = (type: DType, data: unknown, dims: readonly number[]): Tensor => tensor(type, data as DataOf[DType], dims);

const granularities: readonly (readonly [Granularity, readonly number[]])[] = [
  [perTensor(), [257]],
  [perAxis(0), [5, 33]],
  [perAxis(1), [4, 6, 7]],
  [perBlock(16, 1), [3, 64]],
  [perBlock(8, 0), [16, 9]],
];
const names = ['int8', 'uint8', 'int16', 'uint16', 'int4', 'uint4'] as const;

describe.each(names)('QuantizeLinear and DequantizeLinear, %s', (name) => {
  const format = formats[name] as QuantizedFormat;
  it.each(granularities)('%o', async (granularity, dims) => {
    const rng = random(`${name} ${granularity.kind}`);
    const count = dims.reduce((a, b) => a * b);
    const values = Float32Array.from({ length: count }, () => rng.normal() * 3);
    const q: QParams = chooseQParams(values, { format, scheme: 'asymmetric', granularity, dims });
    // Numbers on half steps, and outside.
    const { lo, hi } = codeRange(q);
    const x = dequantizeLinear(quantizeLinear(values, q), q, count).map((v, i) =>
      i % 3 === 0 ? v + q.scale[0]! / 2 : i % 7 === 0 ? v * 4 : i % 5 === 0 ? values[i]! : v,
    );
    const shape = scaleDims(granularity, dims);
    const out = await run(
      (g, input) => {
        const scale = g.constant('scale', constant('float32', q.scale, shape));
        const zero = g.constant('zero', constant(name, encodeArray(q.zeroPoint, format), shape));
        const attributes =
          granularity.kind === 'perTensor' ? {} : { axis: granularity.axis, ...(granularity.kind === 'perBlock' ? { block_size: granularity.blockSize } : {}) };
        const codes = g.op('QuantizeLinear', [input, scale, zero], attributes);
        // A 4-bit graph output is not to be had: its numbers are.
        g.output(g.op('DequantizeLinear', [codes, scale, zero], attributes), 'back');
        if (format.bits === 8) g.output(codes, 'codes');
      },
      x,
      dims,
    );
    const codes = quantizeLinear(x, q);
    expect(hi - lo).toBe(2 ** format.bits - 1);
    if (format.bits === 8) expect(out.codes!.data).toEqual(codes);
    expect(out.back!.data).toEqual(dequantizeLinear(codes, q, count));
  });
});

it('DynamicQuantizeLinear', async () => {
  const rng = random('dynamic');
  for (const spread of [1e-6, 1, 1e4])
    for (const shift of [-3, 0, 2]) {
      const x = Float32Array.from({ length: 301 }, () => (rng.normal() + shift) * spread);
      const out = await run(
        (g, input) => {
          const [y, scale, zero] = g.op('DynamicQuantizeLinear', [input], {}, { outputs: 3 });
          g.output(y!, 'y');
          g.output(scale!, 'scale');
          g.output(zero!, 'zero');
        },
        x,
        [301],
      );
      const { codes, qparams } = dynamicQuantizeLinear(x);
      expect([out.scale!.data[0], out.zero!.data[0]]).toEqual([qparams.scale[0], qparams.zeroPoint[0]]);
      expect(out.y!.data).toEqual(codes);
    }
});

/** TensorProto.DataType. */
const dataType = { float16: 10, bfloat16: 16, float8e4m3fn: 17, float8e4m3fnuz: 18, float8e5m2: 19, float8e5m2fnuz: 20 } as const;

it.each(Object.entries(dataType))('Cast to %s and back', async (name, to) => {
  const rng = random(name);
  const x = Float32Array.from({ length: 4000 }, (_, i) =>
    i < 8 ? [0, -0, Infinity, -Infinity, 1e30, -1e30, 1e-30, 65519.99][i]! : rng.normal() * 2 ** (rng.int(40) - 24),
  );
  const out = await run((g, input) => g.output(g.op('Cast', [g.op('Cast', [input], { to })], { to: 1 }), 'y'), x, [x.length]);
  const format = formats[name as 'float16'];
  const mine = decodeArray(encodeArray(x, format), format);
  const theirs = out.y!.data as Float32Array;
  expect([...theirs.keys()].filter((i) => !Object.is(theirs[i], mine[i])).map((i) => [x[i], mine[i], theirs[i]])).toEqual([]);
});
