// Gradients of fake quantization: QuantizeLinear and DequantizeLinear with the straight-through estimator (Bengio, Leonard, Courville 2013): rounding counts as the identity, so the gradient is that of
// a clamp to the range of the codes. Scales and zero points get none: ranges are chosen, not trained.
import {
  float4e2m1,
  float8e4m3fn,
  float8e4m3fnuz,
  float8e5m2,
  float8e5m2fnuz,
  int2,
  int4,
  int8,
  int16,
  intRange,
  largestValue,
  uint2,
  uint4,
  uint8,
  uint16,
} from '@modeldiet/numfmt';
import { attr, type Node, type OpKey, opKey, type Value } from '@modeldiet/onnx-io';
import { type Emit, isFloat } from '../emit';
import { fail } from '../errors';
import { type GradientRule, number } from './rule';

/** Ops whose outputs are codes, through which a gradient passes although codes are no floats. The gradient of a code is a float, in the code's shape. */
export const codeMakers: ReadonlySet<OpKey> = new Set(['QuantizeLinear', 'com.microsoft:QuantizeLinear']);
const codeReaders: ReadonlySet<OpKey> = new Set(['DequantizeLinear', 'com.microsoft:DequantizeLinear']);

/** Whether codes are read with the scale they were made with, and by nothing else: then division and multiplication by it cancel. */
function isPair(codes: Value): boolean {
  const maker = codes.producer;
  if (!maker || !codeMakers.has(opKey(maker)) || codes.graph.outputs.includes(codes)) return false;
  return [...codes.uses].every(({ node, index }) => index === 0 && codeReaders.has(opKey(node)) && node.inputs[1] === maker.inputs[1]);
}

const integers = { int2, uint2, int4, uint4, int8, uint8, int16, uint16 } as const;
const floats = { float4e2m1, float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz } as const;
const isKey = <T extends object>(key: string, table: T): key is string & keyof T => Object.hasOwn(table, key);

/** The range of x / scale + zeroPoint that becomes a code of this type without being clamped; integers are rounded first. */
function codeRange(node: Node, dtype: string): { readonly lo: number; readonly hi: number } {
  if (isKey(dtype, integers)) {
    const { min, max } = intRange(integers[dtype]);
    return { lo: min - 0.5, hi: max + 0.5 };
  }
  if (!isKey(dtype, floats)) throw fail('no-gradient', { where: { node: node.name, opType: node.opType }, actual: `codes of type ${dtype}` });
  const largest = largestValue(floats[dtype]);
  return { lo: -largest, hi: largest };
}

/** 0, 0, ..., 1, 1, ...: the block of each index along `axis` of `x`. */
function blockOf(e: Emit, x: Value, axis: number, blockSize: number): Value {
  const extent = e.dims(x)?.[axis];
  if (typeof extent === 'number') return e.ints(Array.from({ length: extent }, (_, i) => Math.floor(i / blockSize)));
  const scalar = (n: number): Value => e.constant({ type: 'int64', dims: [], data: BigInt64Array.of(BigInt(n)) });
  const n = e.op('Gather', [e.op('Shape', [x], {}, 'int64'), scalar(axis)]);
  return e.op('Div', [e.op('Range', [scalar(0), n, scalar(1)]), scalar(blockSize)]);
}

/** `v`, in the shape of the scales of `node`, so that it broadcasts against `x`: one for all, one for each index along the axis, or one for each block. */
function along(e: Emit, node: Node, v: Value, x: Value): Value {
  const scale = node.inputs[1]!;
  const rank = e.rank(scale);
  if (rank === 0 || (rank === 1 && e.dims(scale)![0] === 1)) return v;
  const given = number(node, 'axis', 1);
  const axis = given < 0 ? given + e.rank(x) : given;
  if (rank > 1) return e.op('Gather', [v, blockOf(e, x, axis, number(node, 'block_size', 1))], { axis: attr.int(axis) });
  const trailing = e.rank(x) - 1 - axis;
  return trailing > 0 ? e.op('Unsqueeze', [v, e.ints(Array.from({ length: trailing }, (_, i) => i + 1))]) : v;
}

const floatOf = (e: Emit, x: Value): 'float32' | 'float64' | 'float16' | 'bfloat16' => {
  const dtype = e.dtype(x);
  return isFloat(dtype) ? dtype : 'float32';
};

/** q = clamp(round(x / s) + z): dx = g / s where nothing was clamped, 0 elsewhere. */
const quantize: GradientRule = ({ e, node, needs }, [g]) => {
  const [x, scale, zeroPoint] = node.inputs;
  const codes = node.outputs[0]!;
  if (!g || !x || !scale || !needs(0)) return [];
  const { lo, hi } = codeRange(node, e.dtype(codes) ?? (zeroPoint && e.dtype(zeroPoint)) ?? 'uint8');
  const type = floatOf(e, x);
  const s = e.cast(scale, 'float32');
  const zero = zeroPoint && e.cast(zeroPoint, 'float32');
  const end = (code: number): Value => {
    const steps = zero ? e.op('Sub', [e.scalar(code, s), zero]) : e.scalar(code, s);
    return along(e, node, e.cast(e.op('Mul', [steps, s]), type), x);
  };
  const inside = e.op('And', [e.op('GreaterOrEqual', [x, end(lo)], {}, 'bool'), e.op('LessOrEqual', [x, end(hi)], {}, 'bool')]);
  const slope = isPair(codes) ? g : e.op('Div', [g, along(e, node, e.cast(scale, floatOf(e, g)), x)]);
  const passed = e.cast(slope, type);
  return [e.op('Where', [inside, passed, e.scalar(0, passed)], {}, type)];
};

/** y = (q - z) s: dq = g s. */
const dequantize: GradientRule = ({ e, node, needs }, [g]) => {
  const [codes, scale] = node.inputs;
  if (!g || !codes || !scale || !needs(0)) return [];
  return [isPair(codes) ? g : e.op('Mul', [g, along(e, node, e.cast(scale, floatOf(e, g)), codes)])];
};

export const quantization = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  'com.microsoft:QuantizeLinear': quantize,
  'com.microsoft:DequantizeLinear': dequantize,
} as const satisfies Record<string, GradientRule>;
