// The diet that the two sliders set: weights of least magnitude to zero, the others to so many bits.
import { chooseQParams, int4, int8, perAxis, quantizeLinear } from '@modeldiet/numfmt';
import { allNodes, attr, constantOf, edit, type Model, type Node, opKey, transform, type Value } from '@modeldiet/onnx-io';
import { type PrunableRule, prunableRules, pruneUnstructured } from '@modeldiet/prune';
import { type LongWork, materialize, type Tensor, tensor, toFloat32 } from '@modeldiet/tensor';

export interface Diet {
  /** 2 to 8. */
  readonly bits: number;
  /** The share of the weights that are zero: 0 up to 0.95. */
  readonly amount: number;
}

/** The codes as integers of the narrowest type that the runtime reads: 4 bits, two a byte, or 8. */
function codesOf(values: Float32Array, dims: readonly number[], axis: number, bits: number): { readonly codes: Tensor; readonly scale: Float32Array } {
  const format = bits <= 4 ? int4 : int8;
  const qparams = chooseQParams(values, { format, bits, granularity: perAxis(axis), dims });
  const codes = quantizeLinear(values, qparams);
  return {
    scale: qparams.scale,
    codes: format === int4 ? { type: 'int4', dims, data: new Uint8Array(codes.buffer) } : tensor('int8', Int8Array.from(codes), dims),
  };
}

async function toBits(node: Node, rule: PrunableRule, value: Value, held: Tensor, bits: number): Promise<void> {
  const axis = rule.outputAxis(node, held.dims.length);
  const { codes, scale } = codesOf(toFloat32(held), held.dims, axis, bits);
  const { graph } = node;
  const inputs = [
    edit.addInitializer(graph, edit.freshName(graph.model, `${value.name}_codes`), codes),
    edit.addInitializer(graph, edit.freshName(graph.model, `${value.name}_scale`), tensor('float32', scale, [scale.length])),
  ];
  const { outputs } = edit.addNode(graph, { opType: 'DequantizeLinear', inputs, attributes: { axis: attr.int(axis) } });
  edit.setInput(node, rule.weightInput, outputs[0]);
  if (value.uses.size === 0) edit.removeValue(value);
}

/** Every weight of a layer as integers of `bits` bits with a scale for each output, and a DequantizeLinear in front of the layer. */
const weightsToBits = (model: Model, bits: number, work: LongWork) =>
  transform('weightsToBits', model, work, async (draft) => {
    let changes = 0;
    for (const node of [...allNodes(draft.model)]) {
      const rule = prunableRules[opKey(node)];
      const value = rule && node.inputs[rule.weightInput];
      const weight = value && constantOf(value);
      if (!rule || !weight || weight.type === 'sparse' || weight.type === 'opaque') continue;
      await toBits(node, rule, value, await materialize(weight, work), bits);
      draft.change(node, `weight as ${bits} bits`);
      changes++;
    }
    return changes;
  });

/** A new model on this diet; the one given stays as it is. */
export async function thin(model: Model, { bits, amount }: Diet, work: LongWork): Promise<Model> {
  const { model: pruned } = await pruneUnstructured(model, { amount, allowEmpty: true, ...work });
  return (await weightsToBits(pruned, bits, work)).model;
}
