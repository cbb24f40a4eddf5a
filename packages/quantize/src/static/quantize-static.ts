// Static quantization: weights and activations to 8 bits with scales that are known beforehand, written as QDQ: a QuantizeLinear and DequantizeLinear pair around every value that an integer kernel reads or makes.
// Runtimes fuse each DequantizeLinear -> op -> QuantizeLinear into one integer kernel. ONNX operators QuantizeLinear-13, DequantizeLinear-13.
import { chooseQParams, quantizeBias, uint8 } from '@modeldiet/numfmt';
import {
  addressOf,
  attr,
  type Draft,
  edit,
  type Graph,
  type Model,
  nestedGraphs,
  opKey,
  type Report,
  type TransformOptions,
  transform,
  type Value,
} from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import { type Backend, cpu, type Target } from '@modeldiet/runtime';
import { type Batches, checkpoint, type LongWork, materialize, tensor, toFloat32 } from '@modeldiet/tensor';
import { addConstant, dropUnread } from '../constant';
import { fail } from '../errors';
import { type QuantizedWeight, weightQuantizer } from '../weights';
import { type CalibrationTable, calibrate } from './calibrate';
import type { Calibrator } from './calibrator';
import { dataInputs, planStatic, type StaticPlan, type WeightedNode } from './plan';
import { type StaticRules, staticRules } from './rules';

export interface StaticOptions extends TransformOptions {
  /** Ranges by value name, from `calibrate`; else `dataset` and `backend`, and it is done here. */
  readonly calibration?: CalibrationTable;
  readonly dataset?: Batches;
  readonly backend?: Backend;
  /** Default `minMax()`. */
  readonly calibrator?: Calibrator;
  /** One weight scale for each output channel (default), or one for the whole weight. */
  readonly granularity?: 'perAxis' | 'perTensor';
  /** Where it will run; default `cpu()`, which assumes that u8 x s8 products saturate, so weights use 7 of their 8 bits: exact on every machine at full speed. */
  readonly target?: Target;
  readonly rules?: StaticRules;
}

/** DequantizeLinear with a scale for each channel. */
const neededOpset = 13;

interface Scale {
  readonly scale: Value;
  readonly zeroPoint: Value;
  readonly number: number;
}

/** Scales as constants of the graph, one for each value whose range it is. */
function scales(graph: Graph, plan: StaticPlan, calibration: CalibrationTable): (value: Value) => Scale {
  const made = new Map<Value, Scale>();
  return (value) => {
    const source = plan.scaled.get(value)!;
    const known = made.get(source);
    if (known) return known;
    const range = plan.fixed.get(source) ?? calibration.ranges[source.name];
    if (!range) throw fail('not-calibrated', { where: { value: source.name } });
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

const dequantized = (graph: Graph, codes: Value, { scale, zeroPoint }: Pick<QuantizedWeight, 'scale' | 'zeroPoint'>, axis?: number): Value =>
  edit.addNode(graph, { opType: 'DequantizeLinear', inputs: [codes, scale, zeroPoint], attributes: axis === undefined ? {} : { axis: attr.int(axis) } })
    .outputs[0]!;

/** A QuantizeLinear and DequantizeLinear behind `value`, read by the quantized nodes; where an integer kernel makes a graph output, the output moves behind them and keeps its name. */
function scaleValue(value: Value, { scale, zeroPoint }: Scale, plan: StaticPlan, rules: StaticRules): void {
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

interface Settings {
  readonly perAxis: boolean;
  readonly bits: 7 | 8;
  readonly rules: StaticRules;
  readonly calibration: CalibrationTable;
}

/** The bias in int32 at the scale of the products, or undefined where it stays float. */
async function biasFor({ node, bias }: WeightedNode, input: Scale, weight: QuantizedWeight, draft: Draft, work: LongWork): Promise<Value | undefined> {
  if (bias?.weight.dims.length !== 1 || bias.perm || bias.weight.type !== 'float32') return undefined;
  const { graph } = node;
  const { name } = bias.holder;
  const { codes, qparams, saturated } = quantizeBias(toFloat32(await materialize(bias.weight, work)), input.number, weight.scales);
  if (saturated > 0) {
    draft.warn({
      code: 'quantize/bias-kept',
      message: `${saturated} entries of the bias do not fit into int32 at the scale of the products; it stays float`,
      where: { ...addressOf(node), value: name },
      count: saturated,
    });
    return undefined;
  }
  const dims = weight.scales.length > 1 ? [weight.scales.length] : [];
  const scale = addConstant(graph, `${name}_scale`, tensor('float32', qparams.scale, dims));
  const zeroPoint = addConstant(graph, `${name}_zero_point`, tensor('int32', new Int32Array(qparams.scale.length), dims));
  return dequantized(
    graph,
    addConstant(graph, `${name}_quantized`, tensor('int32', codes, bias.weight.dims)),
    { scale, zeroPoint },
    dims.length ? 0 : undefined,
  );
}

async function weigh(planned: WeightedNode, input: Scale, weight: QuantizedWeight, axis: number | undefined, draft: Draft, work: LongWork): Promise<void> {
  const { node } = planned;
  const held = node.inputs.slice(1);
  edit.setInput(node, 1, dequantized(node.graph, weight.codes, weight, axis));
  const bias = await biasFor(planned, input, weight, draft, work);
  if (bias) edit.setInput(node, 2, bias);
  for (const value of held) dropUnread(value);
}

/** A scale as a constant may have; ONNX wants a zero point for each of them. */
const perChannelZero = (weight: QuantizedWeight, graph: Graph): Value =>
  weight.scales.length > 1
    ? addConstant(graph, `${weight.codes.name}_zero_points`, tensor('int8', new Int8Array(weight.scales.length), [weight.scales.length]))
    : weight.zeroPoint;

async function run(draft: Draft, work: LongWork, { perAxis, bits, rules, calibration }: Settings): Promise<number> {
  const { graph } = draft.model;
  const plan = planStatic(draft, graph, rules);
  for (const { node, opType, code, reason } of plan.skipped) draft.skip({ node, opType }, code, reason);
  for (const inner of nestedGraphs(graph))
    if (inner !== graph)
      for (const node of inner.nodes)
        if (rules[opKey(node)]?.kind === 'weighted') draft.skip(node, 'in-subgraph', 'it is inside of a subgraph, whose values are not calibrated');
  const scaleOf = scales(graph, plan, calibration);
  // Every range is looked up before the first edit.
  for (const value of plan.scaled.keys()) scaleOf(value);
  const weights = weightQuantizer(work);
  const addresses = new Map([...plan.nodes].map((node) => [node, addressOf(node)] as const));
  for (const [done, planned] of plan.weighted.entries()) {
    const { node, source, axis } = planned;
    await checkpoint(work, { phase: 'quantize', done, total: plan.weighted.length, unit: 'nodes', item: addresses.get(node)!.node });
    const chosen = perAxis ? axis : undefined;
    const weight = await weights(source, { format: 'int8', bits, perm: source.perm, axis: chosen, scaleBy: 1, scaleDims: 'vector' });
    await weigh(planned, scaleOf(node.inputs[0]!), { ...weight, zeroPoint: perChannelZero(weight, source.holder.graph) }, chosen, draft, work);
    draft.change(addresses.get(node)!, `int8, weight ${source.holder.name}`);
  }
  for (const value of plan.scaled.keys()) scaleValue(value, scaleOf(value), plan, rules);
  for (const node of plan.nodes) if (rules[opKey(node)]!.kind !== 'weighted') draft.change(addresses.get(node)!, 'reads and makes 8-bit values');
  return plan.nodes.size;
}

/**
 * Quantizes weights (int8) and activations (uint8) of Conv, Gemm and MatMul, and of the operators between them that can stay in integers, by ranges seen on calibration data. Biases become int32.
 * The opset is raised, by conversion, when it is below 13.
 * Throws `quantize/no-calibration`, `quantize/not-calibrated`, what `calibrate` throws, `quantize/not-finite` for a weight, `onnx-io/nothing-changed`.
 */
export async function quantizeStatic(model: Model, options: StaticOptions): Promise<{ model: Model; report: Report; calibration: CalibrationTable }> {
  const { calibration: given, dataset, backend, calibrator, granularity = 'perAxis', target = cpu(), rules = staticRules, ...rest } = options;
  if (granularity !== 'perAxis' && granularity !== 'perTensor')
    throw fail('bad-option', { where: { option: 'granularity' }, expected: ['perAxis', 'perTensor'], actual: granularity });
  if (!given && !(dataset && backend)) throw fail('no-calibration', { where: { option: dataset ? 'backend' : 'dataset' } });
  const { signal, onProgress, onWarning } = rest;
  const raised = (model.opsets.get('') ?? neededOpset) < neededOpset ? await raiseOpset(model, neededOpset, { signal, onWarning }) : undefined;
  const start = raised?.model ?? model;
  const calibration = given ?? (await calibrate(start, { dataset: dataset!, backend: backend!, calibrator, rules, signal, onProgress, onWarning }));
  const settings: Settings = { perAxis: granularity === 'perAxis', bits: target.saturatesU8S8 ? 7 : 8, rules, calibration };
  const { model: made, report } = await transform('quantizeStatic', start, rest, (draft, work) => run(draft, work, settings));
  if (report.changed.length === 0) return { model, report, calibration };
  const { items } = calibration;
  return {
    model: made,
    report: {
      ...report,
      options: { ...report.options, granularity, target: target.name, calibrator: calibration.calibrator, items },
      changed: [...(raised?.report.changed ?? []), ...report.changed],
      warnings: [...(raised?.report.warnings ?? []), ...report.warnings],
    },
    calibration,
  };
}
