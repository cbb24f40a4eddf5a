// Float conversion: half-precision weights, or a whole graph in half precision.
import { type Draft, type Model, type Report, requireModel, transform } from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import { cpu, type Target } from '@modeldiet/runtime';
import { fail } from '../errors';
import type { FloatOptions } from './options';
import { storeHalf } from './storage';
import { computeHalf } from './whole-graph';

function check({ format, compute }: FloatOptions): void {
  if (format !== undefined && format !== 'float16' && format !== 'bfloat16')
    throw fail('bad-option', { where: { option: 'format' }, expected: ['float16', 'bfloat16'], actual: format });
  if (compute !== undefined && compute !== 'float32' && compute !== 'float16')
    throw fail('bad-option', { where: { option: 'compute' }, expected: ['float32', 'float16'], actual: compute });
  if (format === 'bfloat16' && compute === 'float16')
    throw fail('bad-option', { where: { option: 'compute' }, expected: 'float32', actual: compute }, 'bfloat16 weights compute in float32 only');
}

function sayEmulated(draft: Draft, target: Target): void {
  if (target.float16 === 'native') return;
  const message = `${target.name} has no float16 arithmetic of its own: it computes in float32 between casts, so the model gets smaller but not faster`;
  draft.warn({ code: 'quantize/emulated-float16', message, where: { option: 'compute' } });
}

/** Cast knows bfloat16 since opset 13. */
const bfloat16Opset = 13;

/**
 * Float32 weights to float16 or bfloat16. `compute: 'float32'` (default) halves the file and keeps the arithmetic: each large weight gets a Cast. `compute: 'float16'` converts the whole graph and casts at its inputs and outputs.
 * A finite weight beyond the format's range becomes its largest finite value and is counted in a warning, now for resident weights, else when they are read.
 * Throws `onnx-io/nothing-changed` when there is no float32 weight to convert.
 */
export async function convertFloat(model: Model, options: FloatOptions = {}): Promise<{ model: Model; report: Report }> {
  requireModel(model);
  check(options);
  const { format = 'float16', compute = 'float32', target = cpu(), ...rest } = options;
  const raised =
    format === 'bfloat16' && (model.opsets.get('') ?? bfloat16Opset) < bfloat16Opset
      ? await raiseOpset(model, bfloat16Opset, { signal: rest.signal, onWarning: rest.onWarning })
      : undefined;
  const result = await transform('convertFloat', raised?.model ?? model, rest, (draft, work) => {
    if (compute === 'float32') return storeHalf(draft, work, format);
    sayEmulated(draft, target);
    return computeHalf(draft, work);
  });
  if (result.report.changed.length === 0) return { model, report: result.report };
  const { report } = result;
  return {
    model: result.model,
    report: {
      ...report,
      options: { ...report.options, format, compute },
      changed: [...(raised?.report.changed ?? []), ...report.changed],
      warnings: [...(raised?.report.warnings ?? []), ...report.warnings],
    },
  };
}
