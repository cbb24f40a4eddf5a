// What a rule of dynamic quantization is: it rewrites one node, or says why it does not.
import type { Graph, OpKey, Value } from '@modeldiet/onnx-io';
import { byteLengthOf, elementCount } from '@modeldiet/tensor';
import type { ConstantSource } from '../constant';
import type { NodeRule } from '../rewrite-nodes';
import type { QuantizedWeight, WeightSpec } from '../weights';

export type Outcome = { readonly changed: string } | { readonly code: string; readonly reason: string };

/**
 * How a convolution's weight is held and computed.
 * 'integer': ConvInteger; activations are quantized too.
 * 'storage': int8 weight, Cast and Mul by its scales in front of the float Conv; runtimes fold the two when they load the model, so it runs as fast as the float model.
 * 'dequantize': int8 weight and DequantizeLinear; runtimes keep that node, so weights stay small in memory and each run pays for it.
 */
export type ConvForm = 'integer' | 'storage' | 'dequantize';

/** What a rule may ask of the run it is part of. */
export interface DynamicWork {
  readonly conv: ConvForm;
  readonly weightFormat: 'int8' | 'uint8';
  readonly perAxis: boolean;
  /** `value` as uint8 codes, scale and zero point by DynamicQuantizeLinear; one node for all readers in a graph. Casts to float32 first where needed. */
  quantizedInput(graph: Graph, value: Value, isFloat32: boolean): { readonly codes: Value; readonly scale: Value; readonly zeroPoint: Value };
  /** Codes and scales of a weight; read once, computed again when saved. The same weight and spec give the same initializers. */
  weight(source: ConstantSource, spec: WeightSpec): Promise<QuantizedWeight>;
  /** A small float32 or integer constant of the graph. */
  constant(graph: Graph, name: string, values: readonly number[], dims: readonly number[], type?: 'float32' | 'int64'): Value;
}

export type DynamicRule = NodeRule<DynamicWork>;
export type DynamicRules = Readonly<Record<OpKey, DynamicRule>>;

/** Rough bytes a node adds to a file: names of itself and its values, op type, attributes. */
export const nodeBytes = 90;

/** The skip for a weight whose int8 form would not be smaller: codes, scales and `nodes` new nodes against the float bytes. */
export function tooSmall(source: ConstantSource, channels: number, nodes: number): Outcome | undefined {
  const elements = elementCount(source.weight.dims);
  const before = byteLengthOf(source.weight.type, source.weight.dims);
  const after = elements + 4 * channels + nodes * nodeBytes;
  return after < before ? undefined : { code: 'too-small', reason: `int8 would take ${after} bytes (codes, scales, nodes), the weight takes ${before}` };
}
