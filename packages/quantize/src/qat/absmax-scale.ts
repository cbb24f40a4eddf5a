// The scale of a weight that is still trained, computed by the graph at each run: the largest magnitude (of each channel) over the largest code, so that no weight is ever clamped, however far it moves.
import { attr, edit, type Node, numbersParam, opKey, type Value } from '@modeldiet/onnx-io';
import { isResident, type Tensor, tensor, toFloat32 } from '@modeldiet/tensor';
import { addConstant, constantSource } from '../constant';

/** numfmt's smallest scale: a weight of zeros has one too. */
const smallest = 2 ** -126;

const scalar = (x: number): Tensor<'float32'> => tensor('float32', Float32Array.of(x), []);

/** Where ReduceMax takes its axes as an input. */
const axesAreInput = 18;

/** `max(|weight|) / largest code`, one for each index along `axis` (undefined: one). `name` starts the names of the constants. */
export function addAbsMaxScale(weight: Value, rank: number, axis: number | undefined, span: number, name: string): Value {
  const { graph } = weight;
  const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
  const op = (opType: string, inputs: readonly Value[], attributes = {}): Value => edit.addNode(graph, { opType, inputs, attributes }).outputs[0]!;
  const size = op('Abs', [weight]);
  const keepdims = attr.int(0);
  const largest =
    (graph.opsets.get('') ?? axesAreInput) >= axesAreInput
      ? op('ReduceMax', [size, addConstant(graph, `${name}_axes`, tensor('int64', BigInt64Array.from(axes, BigInt), [axes.length]))], { keepdims })
      : op('ReduceMax', [size], { axes: attr.ints(axes), keepdims });
  const scale = op('Div', [largest, addConstant(graph, `${name}_largest_code`, scalar(span))]);
  return op('Max', [scale, addConstant(graph, `${name}_smallest_scale`, scalar(smallest))]);
}

const producer = (value: Value | undefined, opType: string): Node | undefined =>
  value?.producer && opKey(value.producer) === opType ? value.producer : undefined;

function number(value: Value | undefined): number | undefined {
  const constant = constantSource(value)?.weight;
  return constant && constant.type === 'float32' && isResident(constant) && constant.data.length === 1 ? toFloat32(constant)[0] : undefined;
}

/** The largest codes of 2 to 8 bits. */
const spans: ReadonlySet<number> = new Set([1, 3, 7, 15, 31, 63, 127]);

/** What {@link addAbsMaxScale} was asked for, read off the graph; undefined when `scale` is made in another way. */
export function absMaxScale(scale: Value, weight: Value): { readonly span: number; readonly axes: readonly number[] } | undefined {
  const floor = producer(scale, 'Max');
  const divide = producer(floor?.inputs[0], 'Div');
  // Of 2 bits the largest code is 1, and a simplifier may have taken the division away.
  const reduce = producer((divide ?? floor)?.inputs[0], 'ReduceMax');
  const axes = reduce && numbersParam(reduce, 'axes');
  if (producer(reduce?.inputs[0], 'Abs')?.inputs[0] !== weight || number(floor?.inputs[1]) !== smallest || !axes || axes === 'dynamic') return undefined;
  const span = divide ? number(divide.inputs[1]) : 1;
  return span !== undefined && spans.has(span) ? { span, axes } : undefined;
}
