// Softmax, LogSoftmax, Hardmax 13: over one axis; before it over all axes from `axis` on, flattened into one.
import { attr, edit } from '@modeldiet/onnx-io';
import { intOf } from '../../attributes';
import { axisIn, shapeAt } from '../../shapes/rule';
import { type OpsetStep, refuse } from '../step';

const row = (op: string): OpsetStep => ({
  op,
  to: 13,
  step(node, { shapes }) {
    if (node.attributes.get('axis')?.kind === 'ref') throw refuse('its axis is given by the caller of the function');
    const given = intOf(node, 'axis', 1);
    const shape = shapeAt(node, shapes, 0);
    const axis = shape ? axisIn(given, shape.length) : undefined;
    const alone = given === -1 || (shape && axis !== undefined && shape.slice(axis + 1).every((dim) => dim === 1));
    if (alone) {
      edit.setAttribute(node, 'axis', attr.int(given === -1 || axis === shape!.length - 1 ? -1 : axis!));
      return 'axis';
    }
    // All trailing axes as one, and back: Flatten, softmax, Reshape to the shape that was.
    const { graph } = node;
    const input = node.inputs[0];
    const output = node.outputs[0];
    if (!input || !output) throw refuse('it has no input or no output');
    const shapeOf = edit.addNode(graph, { opType: 'Shape', inputs: [input] });
    const flat = edit.addNode(graph, { opType: 'Flatten', inputs: [input], attributes: { axis: attr.int(given) } });
    const inner = edit.addNode(graph, { opType: op, inputs: [flat.outputs[0]], attributes: { axis: attr.int(-1) } });
    const back = edit.addNode(graph, {
      opType: 'Reshape',
      inputs: [inner.outputs[0], shapeOf.outputs[0]],
      outputs: [{ ...(output.type && { type: output.type }) }],
    });
    edit.replaceValue(output, back.outputs[0]!);
    edit.removeNode(node);
    return 'Flatten, one axis, Reshape';
  },
});

export const softmax: readonly OpsetStep[] = ['Softmax', 'LogSoftmax', 'Hardmax'].map(row);
