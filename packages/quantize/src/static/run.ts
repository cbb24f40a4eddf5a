// What quantizeStatic and prepareQat share: options, opset, calibration, the plan and the pairs around activations. They differ in what becomes of a weight.
import { addressOf, type Draft, type Model, nestedGraphs, opKey, type Report, requireModel, type TransformOptions, transform } from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import { type Backend, cpu, type Target } from '@modeldiet/runtime';
import { type Batches, checkpoint, type LongWork } from '@modeldiet/tensor';
import { fail } from '../errors';
import { type Scale, scales, scaleValue } from './activations';
import { type CalibrationTable, calibrate } from './calibrate';
import type { Calibrator } from './calibrator';
import { planStatic, type WeightedNode } from './plan';
import { type StaticRules, staticRules } from './rules';

/** Of weight codes; up to 4 are stored as int4, more as int8. */
export type WeightBits = 8 | 7 | 6 | 5 | 4 | 3 | 2;
const weightBits: readonly WeightBits[] = [8, 7, 6, 5, 4, 3, 2];
export const codeType = (bits: WeightBits): 'int8' | 'int4' => (bits > 4 ? 'int8' : 'int4');

export interface StaticOptions extends TransformOptions {
  /** Ranges by value name, from `calibrate`; else `dataset` and `backend`, and it is done here. */
  readonly calibration?: CalibrationTable;
  readonly dataset?: Batches;
  readonly backend?: Backend;
  /** Default `minMax()`. */
  readonly calibrator?: Calibrator;
  /** One weight scale for each output channel (default), or one for the whole weight. */
  readonly granularity?: 'perAxis' | 'perTensor';
  /** Of weights; activations have 8. Default 7 where the target saturates, else 8. Up to 4 are stored as int4, which takes opset 21 and computes in float: smaller files, not faster ones. */
  readonly bits?: WeightBits;
  /** Where it will run; default `cpu()`, which assumes that u8 x s8 products saturate, so weights use 7 of their 8 bits: exact on every machine at full speed. */
  readonly target?: Target;
  readonly rules?: StaticRules;
}

export interface StaticResult {
  readonly model: Model;
  readonly report: Report;
  readonly calibration: CalibrationTable;
}

/** Gives a node its weight in `bits`, along `axis` of the weight as the node reads it (undefined: one scale). */
export type Weigh = (planned: WeightedNode, input: Scale, axis: number | undefined, bits: WeightBits) => Promise<void>;

export interface StaticForm {
  readonly name: string;
  /** The opset that the inserted operators need. */
  opset(bits: WeightBits): number;
  weigh(draft: Draft, work: LongWork): Weigh;
  /** What the report says of a node's weight. */
  readonly says: string;
}

interface Settings {
  readonly perAxis: boolean;
  readonly bits: WeightBits;
  readonly rules: StaticRules;
  readonly calibration: CalibrationTable;
}

async function run(draft: Draft, work: LongWork, { perAxis, bits, rules, calibration }: Settings, form: StaticForm): Promise<number> {
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
  const weigh = form.weigh(draft, work);
  const addresses = new Map([...plan.nodes].map((node) => [node, addressOf(node)] as const));
  for (const [done, planned] of plan.weighted.entries()) {
    const { node, source, axis } = planned;
    const address = addresses.get(node)!;
    await checkpoint(work, { phase: 'quantize', done, total: plan.weighted.length, unit: 'nodes', item: address.node });
    await weigh(planned, scaleOf(node.inputs[0]!), perAxis ? axis : undefined, bits);
    draft.change(address, `${form.says} ${codeType(bits)}, weight ${source.holder.name}`.trimStart());
  }
  for (const value of plan.scaled.keys()) scaleValue(value, scaleOf(value), plan, rules);
  for (const node of plan.nodes) if (rules[opKey(node)]!.kind !== 'weighted') draft.change(addresses.get(node)!, 'reads and makes 8-bit values');
  return plan.nodes.size;
}

function check(options: StaticOptions): void {
  const { granularity = 'perAxis', bits = 8, calibration, dataset, backend } = options;
  for (const [option, actual, allowed] of [
    ['granularity', granularity, ['perAxis', 'perTensor']],
    ['bits', bits, weightBits],
  ] as const)
    if (!(allowed as readonly unknown[]).includes(actual)) throw fail('bad-option', { where: { option }, expected: allowed, actual });
  if (!calibration && !(dataset && backend)) throw fail('no-calibration', { where: { option: dataset ? 'backend' : 'dataset' } });
}

/** Calibrates where no table is given, and rewrites the model in this form. */
export async function staticTransform(model: Model, options: StaticOptions, form: StaticForm): Promise<StaticResult> {
  requireModel(model);
  check(options);
  const { calibration: given, dataset, backend, calibrator, granularity = 'perAxis', bits: asked, target = cpu(), rules = staticRules, ...rest } = options;
  const { signal, onProgress, onWarning } = rest;
  const bits = asked ?? (target.saturatesU8S8 ? 7 : 8);
  const opset = form.opset(bits);
  const raised = (model.opsets.get('') ?? opset) < opset ? await raiseOpset(model, opset, { signal, onWarning }) : undefined;
  const start = raised?.model ?? model;
  const calibration = given ?? (await calibrate(start, { dataset: dataset!, backend: backend!, calibrator, rules, signal, onProgress, onWarning }));
  const settings: Settings = { perAxis: granularity === 'perAxis', bits, rules, calibration };
  const { model: made, report } = await transform(form.name, start, rest, (draft, work) => {
    if (bits === 8 && target.saturatesU8S8)
      draft.warn({
        code: 'quantize/may-saturate',
        message: `${target.name} may saturate products of 8-bit weights; 7 bits are exact`,
        where: { option: 'bits' },
      });
    return run(draft, work, settings, form);
  });
  if (report.changed.length === 0) return { model, report, calibration };
  const { items } = calibration;
  return {
    model: made,
    report: {
      ...report,
      options: { ...report.options, granularity, bits, target: target.name, calibrator: calibration.calibrator, items },
      changed: [...(raised?.report.changed ?? []), ...report.changed],
      warnings: [...(raised?.report.warnings ?? []), ...report.warnings],
    },
    calibration,
  };
}
