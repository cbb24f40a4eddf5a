// The gradient of layer normalization: y = n scale + bias with n = (x - mean) / deviation, mean and deviation over the last axes.
import { keyOf, type Node, type Value } from '@modeldiet/onnx-io';
import type { Emit } from '../emit';
import { fail } from '../errors';
import { type GradientRule, number, unbroadcast } from './rule';

function axesOf(e: Emit, node: Node): number[] {
  const axis = number(node, 'axis', -1);
  if (axis < 0) return Array.from({ length: -axis }, (_, i) => axis + i);
  return Array.from({ length: e.rank(node.inputs[0]!) - axis }, (_, i) => axis + i);
}

/** The mean over axes, which stay with extent 1. */
function mean(e: Emit, x: Value, axes: readonly number[]): Value {
  const sum = e.sum(x, axes, true);
  const size = (value: Value): Value => e.cast(e.op('Size', [value], {}, 'int64'), e.dtype(x) === 'float64' ? 'float64' : 'float32');
  const count = e.op('Div', [size(x), size(sum)]);
  return e.op('Div', [sum, e.dtype(x) === 'float16' ? e.cast(count, 'float16') : count]);
}

/** dn = g scale; dx = (dn - mean(dn) - n mean(dn n)) / deviation; dscale = sum of g n; dbias = sum of g. */
const layerNormalization: GradientRule = ({ e, node, needs }, [g, ...statistics]) => {
  if (statistics.some(Boolean))
    throw fail('no-gradient', { where: { node: keyOf(node), opType: node.opType } }, 'no gradient by way of the mean or the deviation that it puts out');
  const [x, scale, bias] = node.inputs as [Value, Value, Value | undefined];
  if (!g) return [];
  const axes = axesOf(e, node);
  const [mul, sub] = [(a: Value, b: Value): Value => e.mul(a, b), (a: Value, b: Value): Value => e.op('Sub', [a, b])];
  const centred = sub(x, mean(e, x, axes));
  const variance = mean(e, mul(centred, centred), axes);
  const deviation = e.op('Sqrt', [e.op('Add', [variance, e.scalar(number(node, 'epsilon', 1e-5), x)])]);
  const n = e.op('Div', [centred, deviation]);
  const forX = (): Value => {
    const dn = mul(g, scale);
    return e.op('Div', [sub(sub(dn, mean(e, dn, axes)), mul(n, mean(e, mul(dn, n), axes))), deviation]);
  };
  const dims = e.dims(node.outputs[0]!);
  return [
    needs(0) ? forX() : undefined,
    needs(1) ? unbroadcast(e, mul(g, n), scale, dims) : undefined,
    bias && needs(2) ? unbroadcast(e, g, bias, dims) : undefined,
  ];
};

export const normalizations = { LayerNormalization: layerNormalization } as const satisfies Record<string, GradientRule>;
