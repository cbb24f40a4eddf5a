// com.microsoft: the ops that quantizers write and ONNX Runtime fuses into (docs/ContribOperators.md of ONNX Runtime 1.31).
import { attr, type Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { floatOf, floatsOf, intOf, stringOf } from '../../attributes';
import { fromNumbers, integersOf, numbersOf } from '../array';
import { axisOf, badAttribute, type Datum, type Kernel, optionalAt, tensorAt } from '../kernel';
import { aroundAxis, product, range } from '../layout';
import { kernels as conv } from './conv';
import { gemm, matMulOf, multiply, planProduct, swapLast } from './matrix';
import { transposed } from './move';
import { layerNormalization, rmsNormalization } from './norm';
import { dynamicallyQuantized } from './quant';
import { gelu, sigmoid } from './unary';

type Inputs = readonly (Datum | undefined)[];

/** f(x + bias), the bias along the last axis. */
const withBias =
  (f: (x: number, node: Node) => number): Kernel =>
  (node, inputs) => {
    const [x, bias] = [tensorAt(node, inputs, 0), optionalAt(node, inputs, 1)];
    const bs = bias && numbersOf(bias);
    return [
      fromNumbers(
        x.type,
        x.dims,
        numbersOf(x).map((each, i) => f(each + (bs ? bs[i % bs.length]! : 0), node)),
      ),
    ];
  };

const activations: Readonly<Record<string, (x: number, p: readonly number[]) => number>> = {
  Relu: (x) => Math.max(0, x),
  Tanh: Math.tanh,
  Sigmoid: sigmoid,
  LeakyRelu: (x, [alpha = 0.01]) => (x < 0 ? alpha * x : x),
  Clip: (x, [low = -Infinity, high = Infinity]) => Math.min(Math.max(x, low), high),
  HardSigmoid: (x, [alpha = 0.2, beta = 0.5]) => Math.min(Math.max(alpha * x + beta, 0), 1),
};
/** The activation that a fused node ends with. */
function activated(node: Node, t: Tensor): Tensor {
  const name = stringOf(node, 'activation');
  if (!name) return t;
  const f = activations[name] ?? badAttribute(node, 'activation', name);
  const parameters = floatsOf(node, 'activation_params') ?? [];
  return fromNumbers(
    t.type,
    t.dims,
    numbersOf(t).map((x) => f(x, parameters)),
  );
}

/** Conv, plus Z, then the activation. */
const fusedConv: Kernel = (node, inputs, run) => {
  const [y] = conv.Conv(node, inputs.slice(0, 3), run) as [Tensor];
  const z = optionalAt(node, inputs, 3);
  if (!z) return [activated(node, y)];
  const zs = numbersOf(z);
  return [
    activated(
      node,
      fromNumbers(
        y.type,
        y.dims,
        numbersOf(y).map((x, i) => x + zs[i]!),
      ),
    ),
  ];
};
const fusedGemm: Kernel = (node, inputs, run) => [activated(node, gemm(node, inputs, run)[0] as Tensor)];

/** alpha * A' * B': transposed last axes, or the first axis moved in front of the last. */
const fusedMatMul: Kernel = (node, inputs) => {
  const side = (index: number, batch: string, trans: string): Tensor => {
    const t = tensorAt(node, inputs, index);
    const moved = intOf(node, batch, 0) ? transposed(t, [...range(t.dims.length - 2).map((i) => i + 1), 0, t.dims.length - 1]) : t;
    return intOf(node, trans, 0) && moved.dims.length > 1 ? swapLast(moved) : moved;
  };
  const [a, b] = [side(0, 'transBatchA', 'transA'), side(1, 'transBatchB', 'transB')];
  const type = tensorAt(node, inputs, 0).type;
  const y = matMulOf(node, a, b, 'float64');
  const alpha = floatOf(node, 'alpha', 1);
  return [
    fromNumbers(
      type,
      y.dims,
      numbersOf(y).map((x) => x * alpha),
    ),
  ];
};

/** B less its zero point, one for all or one a column. */
function centredColumns(b: Tensor, zero: Tensor | undefined): Float64Array {
  const zs = zero && numbersOf(zero);
  const width = b.dims[b.dims.length - 1]!;
  return numbersOf(b).map((x, i) => x - (zs ? zs[zs.length === 1 ? 0 : i % width]! : 0));
}
const scaled = (sums: Float64Array, width: number, a: number, b: Float64Array, bias: Tensor | undefined): Float64Array => {
  const extra = bias && numbersOf(bias);
  return sums.map((sum, i) => sum * a * b[b.length === 1 ? 0 : i % width]! + (extra ? extra[i % width]! : 0));
};

/** A quantized as DynamicQuantizeLinear does, times B. */
const dynamicQuantizeMatMul: Kernel = (node, inputs) => {
  const [a, b, bScale] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const { y, scale, zero } = dynamicallyQuantized(a);
  const plan = planProduct(node, a.dims, b.dims);
  const sums = multiply(
    y.map((x) => x - zero),
    centredColumns(b, optionalAt(node, inputs, 3)),
    plan,
  );
  return [fromNumbers('float32', plan.dims, scaled(sums, plan.n, scale, numbersOf(bScale), optionalAt(node, inputs, 4)))];
};

const matMulIntegerToFloat: Kernel = (node, inputs) => {
  const [a, b, aScale, bScale] = [0, 1, 2, 3].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor, Tensor];
  const plan = planProduct(node, a.dims, b.dims);
  const zero = optionalAt(node, inputs, 4);
  const az = zero ? numbersOf(zero)[0]! : 0;
  const sums = multiply(
    numbersOf(a).map((x) => x - az),
    centredColumns(b, optionalAt(node, inputs, 5)),
    plan,
  );
  return [fromNumbers(aScale.type, plan.dims, scaled(sums, plan.n, numbersOf(aScale)[0]!, numbersOf(bScale), optionalAt(node, inputs, 6)))];
};

/** Codes packed low bits first in bytes, rows of whole bytes. */
const codeAt = (bytes: Float64Array, bits: number, row: number, i: number): number => {
  const at = row + Math.floor((i * bits) / 8);
  return (bytes[at]! >> ((i * bits) % 8)) & ((1 << bits) - 1);
};

/** A [..., K] times the transpose of N rows of K codes in blocks, each block with a scale and perhaps a zero point (default: the middle). */
const matMulNBits: Kernel = (node, inputs) => {
  const [a, b, scales] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const [zero, groups, bias] = [3, 4, 5].map((i) => optionalAt(node, inputs, i));
  const [k, n, bits, block] = [intOf(node, 'K', 0), intOf(node, 'N', 0), intOf(node, 'bits', 4), intOf(node, 'block_size', 32)];
  const blocks = Math.ceil(k / block);
  const [bytes, ss] = [numbersOf(b), numbersOf(scales)];
  const perBlock = (block * bits) / 8;
  const zeroRow = Math.ceil((blocks * bits) / 8);
  const zs = zero && numbersOf(zero);
  const order = groups && integersOf(groups);
  const zeroOf = (row: number, at: number): number => {
    if (!zs) return 2 ** (bits - 1);
    return zero.type === 'uint8' ? codeAt(zs, bits, row * zeroRow, at) : zs[row * blocks + at]!;
  };
  const weights = new Float64Array(k * n);
  for (let row = 0; row < n; row++)
    for (let i = 0; i < k; i++) {
      const at = order ? order[i]! : Math.floor(i / block);
      const code = codeAt(bytes, bits, (row * blocks + Math.floor(i / block)) * perBlock, i % block);
      weights[i * n + row] = (code - zeroOf(row, at)) * ss[row * blocks + at]!;
    }
  const plan = planProduct(node, a.dims, [k, n]);
  const y = multiply(numbersOf(a), weights, plan);
  const extra = bias && numbersOf(bias);
  return [fromNumbers(a.type, plan.dims, extra ? y.map((x, i) => x + extra[i % n]!) : y)];
};

/** Values of the 4-bit codes, as shares of the block's largest: FP4 and NF4 (Dettmers et al., "QLoRA", 2023, appendix E). */
const fp4 = [0, 1 / 192, 2 / 3, 1, 1 / 3, 1 / 2, 1 / 6, 1 / 4];
const bnb4: readonly (readonly number[])[] = [
  [...fp4, ...fp4.map((x) => -x)],
  [
    -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
  ],
];
/** A [..., K] times the transpose of N rows of K codes in one flat list, the first code of a byte in its high bits. `transB` 0: A [..., N] times the rows. */
const matMulBnb4: Kernel = (node, inputs) => {
  const [a, b, absmax] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const [k, n, block] = [intOf(node, 'K', 0), intOf(node, 'N', 0), intOf(node, 'block_size', 64)];
  const values = bnb4[intOf(node, 'quant_type', 1)] ?? badAttribute(node, 'quant_type', intOf(node, 'quant_type', 1));
  const [bytes, largest] = [numbersOf(b), numbersOf(absmax)];
  const transposes = intOf(node, 'transB', 1) === 1;
  const weights = new Float64Array(k * n);
  for (let i = 0; i < n * k; i++) {
    const code = (bytes[i >> 1]! >> (i % 2 === 0 ? 4 : 0)) & 15;
    weights[transposes ? (i % k) * n + Math.floor(i / k) : i] = values[code]! * largest[Math.floor(i / block)]!;
  }
  const plan = planProduct(node, a.dims, transposes ? [k, n] : [n, k]);
  return [fromNumbers(a.type, plan.dims, multiply(numbersOf(a), weights, plan))];
};

/** Rows of a quantized table: blocks along an axis with a scale and perhaps a zero point each; uint8 data holds 8 / bits codes a byte. */
const gatherBlockQuantized: Kernel = (node, inputs) => {
  const [data, indices, scales] = [0, 1, 2].map((i) => tensorAt(node, inputs, i)) as [Tensor, Tensor, Tensor];
  const zero = optionalAt(node, inputs, 3);
  const rank = data.dims.length;
  const bits = intOf(node, 'bits', 4);
  const packed = data.type === 'uint8' ? 8 / bits : 1;
  const block = intOf(node, 'block_size', 128);
  const [gatherAxis, quantizeAxis] = [axisOf(node, intOf(node, 'gather_axis', 0), rank), axisOf(node, intOf(node, 'quantize_axis', -1), rank)];
  const whole = data.dims.map((dim, i) => (i === quantizeAxis ? dim * packed : dim));
  const [, extent, inner] = aroundAxis(whole, quantizeAxis);
  const blocks = Math.ceil(extent / block);
  const [codes, ss, zs] = [numbersOf(data), numbersOf(scales), zero && numbersOf(zero)];
  const code = (i: number): number => {
    if (packed === 1) return codes[i]!;
    return (codes[Math.floor(i / packed)]! >> ((i % packed) * bits)) & ((1 << bits) - 1);
  };
  const values = Float64Array.from({ length: product(whole) }, (_, i) => {
    const at = (Math.floor(i / (inner * extent)) * blocks + Math.floor((Math.floor(i / inner) % extent) / block)) * inner + (i % inner);
    const z = zs
      ? packed === 1
        ? zs[at]!
        : (zs[Math.floor(at / packed)]! >> ((at % packed) * bits)) & ((1 << bits) - 1)
      : data.type === 'uint8'
        ? 2 ** (bits - 1)
        : 0;
    return (code(i) - z) * ss[at]!;
  });
  const dense = fromNumbers(scales.type, whole, values);
  const [, rows, width] = aroundAxis(whole, gatherAxis);
  const at = integersOf(indices).map((i) => (i < 0 ? i + rows : i));
  const dims = [...whole.slice(0, gatherAxis), ...indices.dims, ...whole.slice(gatherAxis + 1)];
  const from = numbersOf(dense);
  return [
    fromNumbers(
      scales.type,
      dims,
      Float64Array.from(
        { length: product(dims) },
        (_, i) => from[(Math.floor(i / (at.length * width)) * rows + at[Math.floor(i / width) % at.length]!) * width + (i % width)]!,
      ),
    ),
  ];
};

/** Input + skip + bias, normalised; the sum is the last output. */
const skipNorm =
  (normalize: Kernel, betaAt: number | undefined, biasAt: number): Kernel =>
  (node, inputs, run) => {
    const [x, skip] = [tensorAt(node, inputs, 0), tensorAt(node, inputs, 1)];
    const bias = optionalAt(node, inputs, biasAt);
    const [ss, bs] = [numbersOf(skip), bias && numbersOf(bias)];
    const sum = fromNumbers(
      x.type,
      x.dims,
      numbersOf(x).map((each, i) => each + ss[i % ss.length]! + (bs ? bs[i % bs.length]! : 0)),
    );
    const named = { ...node, attributes: new Map([['epsilon', attr.float(1e-12)], ...node.attributes, ['axis', attr.int(-1)]]) };
    const parameters: Inputs = [sum, inputs[2], betaAt === undefined ? undefined : inputs[betaAt]];
    const [y, mean, inverse] = normalize(named, parameters, run);
    return [y, mean, inverse, sum];
  };

export const kernels = {
  'com.microsoft:Gelu': withBias((x) => gelu(x, false)),
  'com.microsoft:BiasGelu': withBias((x) => gelu(x, false)),
  'com.microsoft:FastGelu': withBias((x) => gelu(x, true)),
  'com.microsoft:QuickGelu': withBias((x, node) => x * sigmoid(floatOf(node, 'alpha', 1.702) * x)),
  'com.microsoft:FusedConv': fusedConv,
  'com.microsoft:FusedGemm': fusedGemm,
  'com.microsoft:FusedMatMul': fusedMatMul,
  'com.microsoft:FusedMatMulActivation': (node, inputs, run) => [activated(node, fusedMatMul(node, inputs, run)[0] as Tensor)],
  'com.microsoft:TransposeMatMul': fusedMatMul,
  'com.microsoft:DynamicQuantizeMatMul': dynamicQuantizeMatMul,
  'com.microsoft:MatMulIntegerToFloat': matMulIntegerToFloat,
  'com.microsoft:MatMulNBits': matMulNBits,
  'com.microsoft:MatMulBnb4': matMulBnb4,
  'com.microsoft:GatherBlockQuantized': gatherBlockQuantized,
  'com.microsoft:SkipLayerNormalization': skipNorm(layerNormalization, 3, 4),
  'com.microsoft:SkipSimplifiedLayerNormalization': skipNorm(rmsNormalization, undefined, 3),
  'com.microsoft:SimplifiedLayerNormalization': rmsNormalization,
} satisfies Record<string, Kernel>;
