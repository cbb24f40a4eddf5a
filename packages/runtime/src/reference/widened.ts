// Kernels as they would be in a wider type: 16-bit floats are taken, computed and kept as float32, so that nothing overflows at 65504 or is rounded to 11 bits.
import { attr, type Node, type OpKey } from '@modeldiet/onnx-io';
import type { Datum, Kernel } from '@modeldiet/ops/reference';
import { cast, type DType, type Tensor } from '@modeldiet/tensor';

/** TensorProto.DataType (onnx.proto). */
const [float32, narrow] = [1, new Set([10, 16])];
/** Attributes of ai.onnx that name the element type of the result. */
const typeNames = ['to', 'dtype', 'output_dtype', 'output_datatype'];

export const isNarrow = (dtype: DType | undefined): boolean => dtype === 'float16' || dtype === 'bfloat16';
const isTensor = (datum: Datum): datum is Tensor => typeof datum === 'object' && datum !== null && 'dims' in datum;

function widenedNode(node: Node): Node {
  if (node.domain !== '') return node;
  const named = typeNames.filter((name) => {
    const value = node.attributes.get(name);
    return value?.kind === 'int' && narrow.has(Number(value.value));
  });
  return named.length === 0 ? node : { ...node, attributes: new Map([...node.attributes, ...named.map((name) => [name, attr.int(float32)] as const)]) };
}

/** The same kernels on wider numbers. A weight is widened once. */
export function widened(kernels: Readonly<Record<OpKey, Kernel>>): Readonly<Record<OpKey, Kernel>> {
  const made = new WeakMap<Tensor, Tensor>();
  const wide = (datum: Datum | undefined): Datum | undefined => {
    if (datum === undefined || datum === null) return datum;
    if (Array.isArray(datum)) return datum.map((each) => wide(each) ?? null);
    if (!isTensor(datum) || !isNarrow(datum.type)) return datum;
    let tensor = made.get(datum);
    if (!tensor) made.set(datum, (tensor = cast(datum, 'float32')));
    return tensor;
  };
  const kernel =
    (own: Kernel): Kernel =>
    (node, inputs, run) =>
      own(widenedNode(node), inputs.map(wide), run).map(wide);
  return Object.fromEntries(Object.entries(kernels).map(([key, own]) => [key, kernel(own)]));
}
