// Upsample 9: scales become an input; 10: it becomes Resize. Resize 11: sampling has to be named; 13: either scales or sizes.
import { attr, edit, type Node } from '@modeldiet/onnx-io';
import { stringOf } from '../../attributes';
import type { Shapes } from '../../facts';
import { elementsAt } from '../../shapes/rule';
import { constantFor, type OpsetStep, refuse, setInputsAt } from '../step';

const empty = { type: 'float32' as const, dims: [0], data: new Float32Array(0) };

/**
 * Nearest sampling of opset 10 takes floor(x / scale) where it enlarges and ceil(x / scale) where it shrinks (ONNX Runtime, and the node cases of opset 10);
 * one node of opset 11 rounds one way.
 */
function nearestMode(node: Node, shapes: Shapes, enlarges: boolean): 'floor' | 'ceil' {
  const scales = elementsAt(node, shapes, 1);
  const known = scales?.every((scale) => typeof scale === 'number') ? (scales as readonly number[]) : undefined;
  if (enlarges || known?.every((scale) => scale >= 1 || Number.isInteger(1 / scale))) return 'floor';
  if (known?.every((scale) => scale <= 1)) return 'ceil';
  throw refuse(known ? 'it shrinks one axis and enlarges another, and takes the nearest' : 'it takes the nearest, and its scales are not constant');
}

const upsampled = new WeakSet<Node>();

export const resize: readonly OpsetStep[] = [
  {
    op: 'Upsample',
    to: 9,
    step(node) {
      const scales = node.attributes.get('scales');
      if (scales?.kind !== 'floats') throw refuse('it has no list of scales');
      setInputsAt(node, { 1: constantFor(node, { type: 'float32', dims: [scales.value.length], data: Float32Array.from(scales.value) }, 'scales') });
      edit.setAttribute(node, 'scales', undefined);
      return 'scales as an input';
    },
  },
  {
    op: 'Upsample',
    to: 10,
    step(node) {
      edit.setOpType(node, 'Resize');
      upsampled.add(node);
      return 'Resize';
    },
  },
  {
    op: 'Resize',
    to: 11,
    step(node, { shapes }) {
      edit.setAttribute(node, 'coordinate_transformation_mode', attr.string('asymmetric'));
      if (stringOf(node, 'mode', 'nearest') === 'nearest') edit.setAttribute(node, 'nearest_mode', attr.string(nearestMode(node, shapes, upsampled.has(node))));
      setInputsAt(node, { 1: constantFor(node, empty, 'roi'), 2: node.inputs[1] });
      return 'asymmetric sampling, roi';
    },
  },
  {
    op: 'Resize',
    to: 13,
    step(node, { shapes }) {
      if (stringOf(node, 'coordinate_transformation_mode') === 'tf_half_pixel_for_nn') throw refuse("'tf_half_pixel_for_nn' is gone");
      const none = (index: number): boolean => elementsAt(node, shapes, index)?.length === 0;
      const [roi, scales] = [none(1), none(2) && node.inputs[3] !== undefined];
      if (!roi && !scales) return undefined;
      setInputsAt(node, { ...(roi && { 1: undefined }), ...(scales && { 2: undefined }) });
      return 'without empty inputs';
    },
  },
];
