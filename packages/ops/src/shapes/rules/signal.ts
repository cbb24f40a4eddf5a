// Transforms of signals, windows, random values and images.
import type { Node } from '@modeldiet/onnx-io';
import { intOf, intsOf, opsetOf, stringOf } from '../../attributes';
import { addDims, floorDivDims, subDims, unknown } from '../../dims';
import { dtypeOf } from '../../dtypes';
import type { ShapeRule } from '../../facts';
import { axisIn, dtypeAt, elementsAt, replaceAt, shapeAt, tensor } from '../rule';

/** DFT: the last axis is 1 (real) or 2 (complex); the axis is an input from opset 20 on. */
export const dft: ShapeRule = (node, shapes) => {
  const shape = shapeAt(node, shapes, 0);
  const dtype = dtypeAt(node, shapes, 0);
  if (!shape) return [tensor(dtype, undefined)];
  const given = opsetOf(node) < 20 ? intOf(node, 'axis', 1) : node.inputs[2] ? elementsAt(node, shapes, 2)?.[0] : -2;
  const [onesided, inverse] = [intOf(node, 'onesided', 0) === 1, intOf(node, 'inverse', 0) === 1];
  const last = onesided && inverse ? 1 : 2;
  const axis = typeof given === 'number' ? axisIn(given, shape.length) : undefined;
  if (axis === undefined)
    return [
      tensor(
        dtype,
        shape.map((_, i) => (i === shape.length - 1 ? last : unknown)),
      ),
    ];
  const length = node.inputs[1] ? (elementsAt(node, shapes, 1)?.[0] ?? unknown) : shape[axis]!;
  const out =
    onesided && inverse ? (node.inputs[1] ? length : subDims(addDims(shape[axis]!, shape[axis]!), 2)) : onesided ? addDims(floorDivDims(length, 2), 1) : length;
  return [tensor(dtype, replaceAt(replaceAt(shape, axis, out), shape.length - 1, last))];
};

/** STFT: [batch, frames, bins, 2]. */
export const stft: ShapeRule = (node, shapes) => {
  const signal = shapeAt(node, shapes, 0);
  const step = elementsAt(node, shapes, 1)?.[0] ?? unknown;
  const window = shapeAt(node, shapes, 2)?.[0];
  const length = elementsAt(node, shapes, 3)?.[0] ?? window ?? unknown;
  const frames = addDims(floorDivDims(subDims(signal?.[1] ?? unknown, length), step), 1);
  const bins = intOf(node, 'onesided', 1) === 1 ? addDims(floorDivDims(length, 2), 1) : length;
  return [tensor(dtypeAt(node, shapes, 0), [signal?.[0] ?? unknown, frames, bins, 2])];
};

/** HannWindow and the like: as long as the input says. */
export const windowFunction: ShapeRule = (node, shapes) => [tensor(dtypeOf(intOf(node, 'output_datatype', 1)), [elementsAt(node, shapes, 0)?.[0] ?? unknown])];

export const melWeightMatrix: ShapeRule = (node, shapes) => {
  const [bins, dft] = [0, 1].map((i) => elementsAt(node, shapes, i)?.[0] ?? unknown);
  return [tensor(dtypeOf(intOf(node, 'output_datatype', 1)), [addDims(floorDivDims(dft!, 2), 1), bins!])];
};

/** RandomNormal, RandomUniform: the shape is an attribute. */
export const random: ShapeRule = (node) => [tensor(dtypeOf(intOf(node, 'dtype', 1)), intsOf(node, 'shape'))];

/** Multinomial: [batch, sample_size]. */
export const multinomial: ShapeRule = (node, shapes) => [
  tensor(dtypeOf(intOf(node, 'dtype', 6)), [shapeAt(node, shapes, 0)?.[0] ?? unknown, intOf(node, 'sample_size', 1)]),
];

/** ImageDecoder: height and width are in the bytes. */
export const imageDecoder: ShapeRule = (node: Node) => [tensor('uint8', [unknown, unknown, stringOf(node, 'pixel_format', 'RGB') === 'Grayscale' ? 1 : 3])];
