// The scales of activations as constants, and the QuantizeLinear and DequantizeLinear pairs that read them.
import { chooseQParams, uint8 } from '@modeldiet/numfmt';
import { edit, type Graph, opKey, type Value } from '@modeldiet/onnx-io';
import { tensor } from '@modeldiet/tensor';
import { addConstant } from '../constant';
import { fail } from '../errors';
import type { CalibrationTable } from './calibrate';
import { dataInputs, type StaticPlan } from './plan';
import type { StaticRules } from './rules';

/** Scale and zero point of one value as scalar constants. */
export interface Scale {
  readonly scale: Value;
  readonly zeroPoint: Value;
  readonly number: number;
}

/** Scales as constants of the graph, one for each value whose range it is. */
export function scales(graph: Graph, plan: StaticPlan, calibration: CalibrationTable): (value: Value) => Scale {
  const made = new Map<Value, Scale>();
  return (value) => {
    const source = plan.scaled.get(value)!;
    const known = made.get(source);
    if (known) return known;
    const range = plan.fixed.get(source) ?? calibration.ranges[source.name];
    if (!range) throw fail('not-calibrated', { where: { value: source.name } });
    if (!(Number.isFinite(range.min) && Number.isFinite(range.max)))
      throw fail('calibration-not-finite', { where: { value: source.name }, actual: `${range.min} to ${range.max}` });
    const { scale, zeroPoint } = chooseQParams(range, { format: uint8, scheme: 'asymmetric' });
    const result: Scale = {
      scale: addConstant(graph, `${source.name}_scale`, tensor('float32', scale, [])),
      zeroPoint: addConstant(graph, `${source.name}_zero_point`, tensor('uint8', Uint8Array.from(zeroPoint), [])),
      number: scale[0]!,
    };
    made.set(source, result);
    return result;
  };
}

/** A QuantizeLinear and DequantizeLinear behind `value`, read by the quantized nodes; where an integer kernel makes a graph output, the output moves behind them and keeps its name. */
export function scaleValue(value: Value, { scale, zeroPoint }: Scale, plan: StaticPlan, rules: StaticRules): void {
  const { graph } = value;
  const readers = [...value.uses].filter(({ node, index }) => plan.nodes.has(node) && dataInputs(node, rules[opKey(node)]!).includes(index));
  const isOutput = graph.outputs.includes(value) && value.producer !== undefined;
  if (readers.length === 0 && !isOutput && value.uses.size === 0) return;
  const codes = edit.addNode(graph, {
    opType: 'QuantizeLinear',
    inputs: [value, scale, zeroPoint],
    outputs: [edit.freshName(graph.model, `${value.name}_quantized`)],
  }).outputs[0]!;
  const back = edit.addNode(graph, {
    opType: 'DequantizeLinear',
    inputs: [codes, scale, zeroPoint],
    outputs: [{ name: edit.freshName(graph.model, `${value.name}_dequantized`), type: value.type }],
  }).outputs[0]!;
  // A value that only float nodes read goes through the pair too: the kernel that makes it has no float output.
  const all = readers.length === 0;
  edit.replaceUses(
    value,
    back,
    (use) => use.node !== codes.producer && (all || readers.some((reader) => reader.node === use.node && reader.index === use.index)),
  );
  if (!isOutput) return;
  const { name } = value;
  edit.renameValue(value, edit.freshName(graph.model, `${name}_float`));
  edit.renameValue(back, name);
  edit.setOutputs(
    graph,
    graph.outputs.map((output) => (output === value ? back : output)),
  );
}
