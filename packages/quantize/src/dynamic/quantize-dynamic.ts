// Dynamic quantization: weights to 8 bits now, activations at every run by their own range. Nothing to calibrate.
import { type Model, type Report, requireModel, type TransformOptions, transform } from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import type { Target } from '@modeldiet/runtime';
import { fail } from '../errors';
import { rewriteNodes } from '../rewrite-nodes';
import type { ConvForm, DynamicRules } from './rule';
import { dynamicRules } from './rules';
import { dynamicTools } from './tools';

export interface DynamicOptions extends TransformOptions {
  /** One scale for each output channel (default), or one for the whole weight. The zero point is one number either way. */
  readonly granularity?: 'perAxis' | 'perTensor';
  /** How Conv weights are held; default 'storage'. Grouped convolutions and ConvTranspose take 'storage' where 'integer' is asked for, since it has no fast kernel for them. */
  readonly conv?: ConvForm;
  /** Where it will run; default `cpu()`, which assumes that u8 x s8 products saturate and so stores weights as u8 around 128. */
  readonly target?: Target;
  readonly rules?: DynamicRules;
}

/** What `cpu()` says of the facts asked here, so that a page need not load the others. */
const cautious = { name: 'cpu', saturatesU8S8: true } as const satisfies Partial<Target>;

/** The lowest opset of ai.onnx that has what the rules insert: per-axis DequantizeLinear-13, and DynamicQuantizeLinear-11. */
const neededOpset = { perAxis: 13, perTensor: 11 } as const;

function check(options: DynamicOptions): void {
  const sets = { granularity: ['perAxis', 'perTensor'], conv: ['integer', 'storage', 'dequantize'] } as const;
  for (const [option, allowed] of Object.entries(sets)) {
    const actual = options[option as keyof typeof sets];
    if (actual !== undefined && !(allowed as readonly string[]).includes(actual)) throw fail('bad-option', { where: { option }, expected: allowed, actual });
  }
}

/**
 * Quantizes the constant weights of MatMul, Gemm, Conv, ConvTranspose and embedding Gather to 8 bits, however the file holds them (initializers, Constant nodes, behind Transpose or Cast; shared weights once).
 * The opset is raised, by conversion, when it is below what the new operators need (11, or 13 per axis).
 * Throws `quantize/not-finite` for a weight with NaN or infinity, `onnx-io/nothing-changed` when nothing could be quantized.
 */
export async function quantizeDynamic(model: Model, options: DynamicOptions = {}): Promise<{ model: Model; report: Report }> {
  requireModel(model);
  check(options);
  const { granularity = 'perAxis', conv = 'storage', target = cautious, rules = dynamicRules, ...rest } = options;
  const needed = neededOpset[granularity];
  const current = model.opsets.get('') ?? model.opsets.get('ai.onnx') ?? needed;
  const raised = current < needed ? await raiseOpset(model, needed, { signal: rest.signal, onWarning: rest.onWarning }) : undefined;
  const result = await transform('quantizeDynamic', raised?.model ?? model, rest, (draft, work) =>
    rewriteNodes(draft, work, rules, dynamicTools(work, { conv, target, perAxis: granularity === 'perAxis' })),
  );
  if (result.report.changed.length === 0) return { model, report: result.report };
  const report: Report = {
    ...result.report,
    options: { ...result.report.options, granularity, conv, target: target.name },
    changed: [...(raised?.report.changed ?? []), ...result.report.changed],
    warnings: [...(raised?.report.warnings ?? []), ...result.report.warnings],
  };
  return { model: result.model, report };
}
