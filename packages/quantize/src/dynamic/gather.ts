// Gather of rows of a float table (an embedding): int8 rows with a scale each, gathered by the same indices; y = codes * scale. Exact per row, and no integer kernel is needed.
import { attr, edit, numberParam } from '@modeldiet/onnx-io';
import { constantSource, isFloat, seenDims } from '../constant';
import { finish, floatCast } from './emit';
import { type DynamicRule, tooSmall } from './rule';

export const gather: DynamicRule['rewrite'] = async (node, work) => {
  const source = constantSource(node.inputs[0]);
  if (!source) return undefined;
  const { type } = source.weight;
  if (!isFloat(type)) return undefined;
  const dims = seenDims(source);
  const axis = numberParam(node, 'axis');
  if (dims.length !== 2 || (axis !== 0 && axis !== -2))
    return { code: 'weight-rank', reason: `only rows of a table [rows, width] are quantized, not axis ${axis} of rank ${dims.length}` };
  const indices = node.inputs[1]!;
  if (constantSource(indices)) return undefined;
  const small = tooSmall(source, dims[0]!, 4);
  if (small) return small;
  const { graph } = node;
  // The scale is [rows, 1], so a gathered scale broadcasts over the gathered row without a reshape.
  const weight = await work.weight(source, { format: 'int8', perm: source.perm, axis: 0, scaleBy: 1, scaleDims: { trailing: 1 } });
  const rows = edit.addNode(graph, {
    opType: 'Gather',
    name: node.name && `${node.name}_quant`,
    inputs: [weight.codes, indices],
    attributes: { axis: attr.int(0) },
  });
  const scales = edit.addNode(graph, { opType: 'Gather', inputs: [weight.scale, indices], attributes: { axis: attr.int(0) } });
  const cast = edit.addNode(graph, { opType: 'Cast', inputs: rows.outputs, attributes: { to: attr.int(1) } });
  const y = edit.addNode(graph, { opType: 'Mul', inputs: [cast.outputs[0], scales.outputs[0]] }).outputs[0]!;
  return finish(node, floatCast(graph, y, type), `rows of ${source.holder.name} as int8`);
};
