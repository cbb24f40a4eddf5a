// Weights of other float types are trained through a float32 copy: the input becomes float32 behind a Cast, and its gradient is cast back.
import { attr, edit, type Graph, type Value } from '@modeldiet/onnx-io';
import { isFloat } from '../emit';
import type { GradientGraph, Parameter } from './gradient';

/** TensorProto.DataType numbers. */
const dataTypes = { float32: 1, float16: 10, float64: 11, bfloat16: 16 } as const;

function master(graph: Graph, { name, dtype, gradient }: Parameter): void {
  if (!isFloat(dtype)) return;
  const input = graph.inputs.find((value) => value.name === name)!;
  const output = graph.outputs.find((value) => value.name === gradient)!;
  const shape = input.type?.kind === 'tensor' ? input.type.shape : undefined;
  const type = { kind: 'tensor', dtype: 'float32', ...(shape && { shape }) } as const;
  edit.insertAfter(input, { opType: 'Cast', attributes: { to: attr.int(dataTypes[dtype]) }, outputs: [{ type: input.type }] });
  edit.setType(input, type);
  const cast: Value = edit.insertAfter(output, { opType: 'Cast', attributes: { to: attr.int(dataTypes.float32) }, outputs: [{ type }] }).outputs[0]!;
  edit.setType(cast, type);
}

/** Rewrites `graph.model` in place so that every parameter is fed, and every gradient comes, as float32. Returns the parameters with the type they have in the model. */
export function float32Masters({ model, parameters }: GradientGraph): void {
  for (const parameter of parameters) if (parameter.dtype !== 'float32') master(model.graph, parameter);
}
