// A weight whose fake quantization has scales that are constants, as other tools write it: its codes by these scales. Scales and zero points stay where they are.
import { int4, int8, int16, perAxis, perBlock, perTensor, type QParams, quantizeLinear, uint4, uint8, uint16 } from '@modeldiet/numfmt';
import { type Node, numberParam, type Value } from '@modeldiet/onnx-io';
import { type LongWork, mapWeight, materialize, type Tensor, tensor, toFloat32 } from '@modeldiet/tensor';
import { addConstant, type ConstantSource, constantSource, seenDims } from '../constant';
import { see } from '../weights';

export interface FixedCodes {
  readonly codes: Value;
  readonly scale: Value;
  readonly zeroPoint?: Value;
  readonly scales: Float32Array;
  /** The axis that has a scale for each index; undefined: one scale, or blocks. */
  readonly axis?: number;
}

const formats = { int4, uint4, int8, uint8, int16, uint16 } as const;
type CodeType = keyof typeof formats;
const isCodeType = (type: string): type is CodeType => Object.hasOwn(formats, type);

/** TensorProto.DataType of codes, as the attribute `output_dtype` has it where there is no zero point (QuantizeLinear-21). */
const dataTypes: ReadonlyMap<number, string> = new Map(
  Object.entries({ uint8: 2, int8: 3, uint16: 4, int16: 5, float8e4m3fn: 17, float8e4m3fnuz: 18, float8e5m2: 19, float8e5m2fnuz: 20, uint4: 21, int4: 22 }).map(
    ([name, code]) => [code, name] as const,
  ),
);

function codeTypeOf(node: Node, zeroPoint: string | undefined): string {
  if (zeroPoint !== undefined) return zeroPoint;
  const code = numberParam(node, 'output_dtype');
  return typeof code === 'number' && code !== 0 ? (dataTypes.get(code) ?? `type ${code}`) : 'uint8';
}

function codesOf(type: CodeType, values: Float32Array, qparams: QParams, dims: readonly number[]): Tensor {
  const { buffer, byteOffset, length } = quantizeLinear(values, qparams);
  if (type === 'int8') return tensor(type, new Int8Array(buffer, byteOffset, length), dims);
  if (type === 'int16') return tensor(type, new Int16Array(buffer, byteOffset, length), dims);
  if (type === 'uint16') return tensor(type, new Uint16Array(buffer, byteOffset, length), dims);
  return tensor(type, new Uint8Array(buffer, byteOffset, length), dims);
}

function granularityOf(node: Node, scaleDims: readonly number[], rank: number): { granularity: QParams['granularity']; axis?: number } {
  if (scaleDims.every((extent) => extent === 1)) return { granularity: perTensor() };
  const given = numberParam(node, 'axis');
  const axis = typeof given === 'number' ? (given + rank) % rank : 1;
  const block = numberParam(node, 'block_size');
  return scaleDims.length > 1 ? { granularity: perBlock(typeof block === 'number' ? block : 1, axis) } : { granularity: perAxis(axis), axis };
}

/** The codes as a constant, or why there are none. Throws what `quantizeLinear` of numfmt throws for scales that do not fit. */
export async function fixedCodes(node: Node, source: ConstantSource, work: LongWork): Promise<FixedCodes | { readonly code: string; readonly reason: string }> {
  const [, scale, zeroPoint] = node.inputs;
  const [scaleHeld, zeroHeld] = [constantSource(scale), constantSource(zeroPoint)];
  if (!scale || scaleHeld?.weight.type !== 'float32' || (zeroPoint && !zeroHeld))
    return { code: 'scale-computed', reason: 'its scale is computed, and not as the largest magnitude' };
  const type = codeTypeOf(node, zeroHeld?.weight.type);
  if (!isCodeType(type)) return { code: 'code-type', reason: `its codes are ${type}` };
  const dims = seenDims(source);
  const scales = toFloat32(await materialize(scaleHeld.weight, work));
  const zeros = zeroHeld ? Int32Array.from(toFloat32(await materialize(zeroHeld.weight, work))) : new Int32Array(scales.length);
  const { granularity, axis } = granularityOf(node, scaleHeld.weight.dims, dims.length);
  const format = formats[type];
  const qparams: QParams = { format, bits: format.bits, scale: scales, zeroPoint: zeros, granularity, dims };
  const { codes } = mapWeight(
    source.weight,
    { codes: { type, dims } },
    (held) => ({ codes: codesOf(type, see(held, source.perm).values, qparams, dims) }),
    work,
  );
  const { holder } = source;
  return {
    codes: addConstant(holder.graph, `${holder.name}_quantized`, codes),
    scale,
    ...(zeroPoint && { zeroPoint }),
    scales,
    ...(axis !== undefined && { axis }),
  };
}
