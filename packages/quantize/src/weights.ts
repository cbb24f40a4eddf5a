// One weight to 8 or 4 bits: its scales are read off now, its codes are computed when the file is saved (or now, where the weight is resident).
import { chooseQParams, int4, int8, isModelDietError, perAxis, perTensor, type QParams, quantizeLinear, uint8 } from '@modeldiet/numfmt';
import type { Value } from '@modeldiet/onnx-io';
import { type LongWork, mapWeight, materialize, type Tensor, tensor, toFloat32, type Weight } from '@modeldiet/tensor';
import { addConstant, type ConstantSource } from './constant';
import { fail } from './errors';
import { permute } from './permute';

export interface WeightSpec {
  readonly format: 'int8' | 'uint8' | 'int4';
  /** How many of the format's bits the codes use; default all. */
  readonly bits?: number;
  /** Axes of the stored codes in terms of the held constant; undefined: as held. */
  readonly perm?: readonly number[];
  /** The axis of the stored codes that has a scale for each index; undefined: one scale. */
  readonly axis?: number;
  /** Multiplies the stored scale, not the codes (Gemm's alpha). */
  readonly scaleBy: number;
  /** Dims of the stored scales: [channels], or [channels, 1, ...] with so many trailing ones. */
  readonly scaleDims: 'vector' | { readonly trailing: number };
  /** One zero point (default), or one for each scale, as ONNX has it for DequantizeLinear. */
  readonly zeroPoints?: 'one' | 'each';
}

/** Three constants of the graph. Zero points are 0 for signed formats and 128 for uint8: codes are symmetric around it. */
export interface QuantizedWeight {
  readonly codes: Value;
  readonly scale: Value;
  readonly zeroPoint: Value;
  /** The numbers of `scale`. */
  readonly scales: Float32Array;
}

const formats = { int8, uint8, int4 } as const;

export interface Seen {
  readonly values: Float32Array;
  readonly dims: readonly number[];
}

/** The numbers of a held weight as its reader sees them. */
export function see(held: Tensor, perm: readonly number[] | undefined): Seen {
  const values = toFloat32(held);
  return perm ? { values: permute(values, held.dims, perm), dims: perm.map((axis) => held.dims[axis]!) } : { values, dims: held.dims };
}

function qparamsOf({ values, dims }: Seen, { format, bits, axis }: WeightSpec, name: string): QParams {
  const granularity = axis === undefined ? perTensor() : perAxis(axis);
  try {
    return chooseQParams(values, { format: formats[format], bits, scheme: 'symmetric', granularity, dims });
  } catch (e) {
    if (isModelDietError(e) && e.code === 'numfmt/not-finite') throw fail('not-finite', { where: { value: name }, actual: e.actual, cause: e });
    throw e;
  }
}

function codesOf(type: WeightSpec['format'], values: Float32Array, qparams: QParams, dims: readonly number[]): Tensor {
  const { buffer, byteOffset, length } = quantizeLinear(values, qparams);
  if (type === 'int8') return tensor('int8', new Int8Array(buffer, byteOffset, length), dims);
  return tensor(type, new Uint8Array(buffer, byteOffset, length), dims);
}

function zeroOf(type: WeightSpec['format'], dims: readonly number[]): Tensor {
  const count = dims[0] ?? 1;
  if (type === 'int8') return tensor('int8', new Int8Array(count), dims);
  return type === 'uint8' ? tensor('uint8', new Uint8Array(count).fill(128), dims) : tensor('int4', new Uint8Array(Math.ceil(count / 2)), dims);
}

/** Quantizes weights for one run; the same weight asked for in the same way gives the same constants. */
export function weightQuantizer(work: LongWork): (source: ConstantSource, spec: WeightSpec) => Promise<QuantizedWeight> {
  const made = new Map<Weight, Map<string, QuantizedWeight>>();
  return async (source, spec) => {
    const { weight, holder } = source;
    const known = made.get(weight) ?? new Map<string, QuantizedWeight>();
    made.set(weight, known);
    const home = holder.graph;
    const key = JSON.stringify(spec);
    const found = known.get(key);
    if (found) return found;
    const { perm } = spec;
    const seen = see(await materialize(weight, work), perm);
    const qparams = qparamsOf(seen, spec, holder.name);
    const type = spec.format;
    const dims = perm ? perm.map((axis) => weight.dims[axis]!) : weight.dims;
    const { codes } = mapWeight(weight, { codes: { type, dims } }, (held) => ({ codes: codesOf(type, see(held, perm).values, qparams, dims) }), work);
    const scales = spec.scaleBy === 1 ? qparams.scale : qparams.scale.map((scale) => scale * spec.scaleBy);
    const scaleDims = spec.axis === undefined ? [] : [scales.length, ...Array<number>(spec.scaleDims === 'vector' ? 0 : spec.scaleDims.trailing).fill(1)];
    const result: QuantizedWeight = {
      scales,
      codes: addConstant(home, `${holder.name}_quantized`, codes),
      scale: addConstant(home, `${holder.name}_scale`, tensor('float32', scales, scaleDims)),
      zeroPoint: addConstant(home, `${holder.name}_zero_point`, zeroOf(type, spec.zeroPoints === 'each' && spec.axis !== undefined ? [scales.length] : [])),
    };
    known.set(key, result);
    return result;
  };
}
