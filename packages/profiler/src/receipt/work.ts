// What a kernel did, from the shapes in its own trace event: multiply-accumulates and bytes. Fused kernels have no other truth.
import type { TraceEvent } from '@modeldiet/runtime';

type Dims = readonly number[];
type Macs = (inputs: readonly Dims[], output: Dims) => number | undefined;

const product = (dims: Dims): number => dims.reduce((a, b) => a * b, 1);

/** [.., M, K] by anything: every output entry sums K products. The weight may be missing from the event when it was packed beforehand. */
const matrix: Macs = ([a], output) => a && product(output) * (a.at(-1) ?? 1);
/** Either operand may be transposed: K is what A has beside the rows of the output. */
const gemm: Macs = ([a], output) => (a && output.length === 2 && output[0]! > 0 ? product(output) * (product(a) / output[0]!) : undefined);
/** Weights [out, in / group, ...kernel]: every output entry sums in / group x kernel products. */
const convolution: Macs = (inputs, output) => {
  const weights = inputs.slice(1).find((dims) => dims.length === output.length);
  return weights && product(output) * product(weights.slice(1));
};
/** Weights [in, out / group, ...kernel]: every input entry goes to out / group x kernel products. */
const transposed: Macs = ([x, ...rest]) => {
  const weights = x && rest.find((dims) => dims.length === x.length);
  return x && weights && product(x) * product(weights.slice(1));
};

/** By the op's name in the optimised graph. */
const rows: Readonly<Record<string, Macs>> = {
  MatMul: matrix,
  FusedMatMul: matrix,
  MatMulInteger: matrix,
  MatMulNBits: matrix,
  DynamicQuantizeMatMul: matrix,
  MatMulIntegerToFloat: matrix,
  QLinearMatMul: matrix,
  Gemm: gemm,
  FusedGemm: gemm,
  QGemm: gemm,
  Conv: convolution,
  FusedConv: convolution,
  NhwcFusedConv: convolution,
  ConvInteger: convolution,
  QLinearConv: convolution,
  ConvTranspose: transposed,
};

const shapesOf = (args: TraceEvent['args'], key: string): Dims[] =>
  Array.isArray(args[key]) ? (args[key] as readonly Readonly<Record<string, Dims>>[]).map((entry) => Object.values(entry)[0] ?? []) : [];

/**
 * Multiply-accumulates by the shapes the kernel saw; undefined where the op is no product or its shapes do not say. `filter`: dims of a convolution's weight,
 * which the event leaves out when it was packed beforehand.
 */
export function macsOf(event: TraceEvent, filter?: Dims): number | undefined {
  const rule = Object.hasOwn(rows, event.opType) ? rows[event.opType] : undefined;
  const [output] = shapesOf(event.args, 'output_type_shape');
  const [data, ...others] = shapesOf(event.args, 'input_type_shape');
  // In front of the others: where the weight is left out, the next tensor of its rank is what is added on top.
  return rule && output ? rule([...(data ? [data] : []), ...(filter ? [filter] : []), ...others], output) : undefined;
}

/** True for an op that packs its weights. */
export const isProduct = ({ opType }: TraceEvent): boolean => Object.hasOwn(rows, opType);

const bytesIn = (args: TraceEvent['args'], key: string): number => Number(args[key] ?? 0) || 0;

/** Bytes read and written; `weightBytes` stands in for weights that were packed beforehand, which the event leaves out. */
export function bytesOf({ args }: TraceEvent, weightBytes = 0): number {
  return bytesIn(args, 'activation_size') + bytesIn(args, 'output_size') + Math.max(bytesIn(args, 'parameter_size'), weightBytes);
}

/** The most memory the runtime's arena had handed out by then, bytes. */
export const peakOf = ({ args }: TraceEvent): number => bytesIn(args, 'mem_in_use_peak');
