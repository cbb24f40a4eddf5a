// Weight-only quantization: weights in 8, 4 or 2 bits, activations and arithmetic as they were.
import { type Model, type Report, requireModel, type TransformOptions, transform } from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import { cpu, type Target, type WeightFormat } from '@modeldiet/runtime';
import { conv, convTranspose } from '../dynamic/conv';
import { gather } from '../dynamic/gather';
import { dynamicTools } from '../dynamic/tools';
import { fail } from '../errors';
import { rewriteNodes } from '../rewrite-nodes';
import { matrix } from './matmul';
import type { BlockForm, WeightBits, WeightsRules } from './rule';

export interface WeightsOptions extends TransformOptions {
  /** Of MatMul and Gemm; default 8. Conv, ConvTranspose and embeddings are held in 8 bits whatever is asked. */
  readonly bits?: WeightBits;
  /** Numbers that share a scale, for 4 and 2 bits; default 32. */
  readonly blockSize?: number;
  /** For 4 and 2 bits; 'asymmetric' adds a zero point a block. Default 'symmetric'. */
  readonly scheme?: 'symmetric' | 'asymmetric';
  /** For 8 bits: a scale for each output channel (default), or one. */
  readonly granularity?: 'perAxis' | 'perTensor';
  /** For 4 bits; default MatMulNBits where the target has it. */
  readonly form?: BlockForm;
  /** Where it will run; default `cpu()`. */
  readonly target?: Target;
  readonly rules?: WeightsRules;
}

/** THE TABLE. */
export const weightsRules: WeightsRules = {
  MatMul: { weightInput: 1, rewrite: matrix },
  Gemm: { weightInput: 1, rewrite: matrix },
  Conv: { weightInput: 1, rewrite: (node, { bytes }) => conv(node, bytes) },
  ConvTranspose: { weightInput: 1, rewrite: (node, { bytes }) => convTranspose(node, bytes) },
  Gather: { weightInput: 0, rewrite: (node, { bytes }) => gather(node, bytes) },
};

const opOf = { matMulNBits: 'com.microsoft:MatMulNBits', dequantize: 'DequantizeLinear' } as const satisfies Record<BlockForm, string>;
/** Opset of what is inserted: blocked DequantizeLinear with int4, per-axis DequantizeLinear, Cast alone. */
const neededOpset = { dequantize: 21, matMulNBits: 11 } as const satisfies Record<BlockForm, number>;

/** The target's row for these bits and blocks. Throws `quantize/target-lacks`. */
function formatFor({ bits = 8, blockSize = 32, form, target = cpu() }: WeightsOptions): { form: BlockForm; format?: WeightFormat } {
  if (bits === 8) return { form: 'matMulNBits' };
  const forms: readonly BlockForm[] = form ? [form] : ['matMulNBits', 'dequantize'];
  for (const candidate of forms) {
    const format = target.weightFormats.find(({ op, bits: has, blockSizes }) => op === opOf[candidate] && has.includes(bits) && blockSizes.includes(blockSize));
    if (format && (candidate === 'matMulNBits' || bits === 4)) return { form: candidate, format };
  }
  const has = target.weightFormats
    .filter(({ op }) => forms.some((candidate) => opOf[candidate] === op))
    .map(({ op, bits: n, blockSizes }) => `${op} ${n.join('|')} bits, blocks ${blockSizes.join('|')}`);
  throw fail(
    'target-lacks',
    { where: { option: 'bits' }, expected: has, actual: `${bits} bits, blocks of ${blockSize}` },
    `${target.name} has no such weight format`,
  );
}

function check({ bits = 8, scheme, granularity }: WeightsOptions): void {
  const sets = { bits: [[8, 4, 2], bits], scheme: [['symmetric', 'asymmetric'], scheme], granularity: [['perAxis', 'perTensor'], granularity] } as const;
  for (const [option, [allowed, actual]] of Object.entries(sets))
    if (actual !== undefined && !(allowed as readonly unknown[]).includes(actual)) throw fail('bad-option', { where: { option }, expected: allowed, actual });
}

/**
 * Holds weights in fewer bits and leaves the arithmetic in float: 8 bits as int8 + Cast + Mul, which runtimes fold when they load the model; 4 and 2 bits in blocks, MatMul and Gemm becoming MatMulNBits
 * (or DequantizeLinear of blocks, where the target has no MatMulNBits). Weights of lazy models stay lazy: 4- and 2-bit ones are read once, when the file is saved.
 * Throws `quantize/target-lacks` for bits or blocks the target has no operator for, `quantize/not-finite` (4 and 2 bits: when the weight is read), `quantize/bad-option`, `onnx-io/nothing-changed`.
 */
export async function quantizeWeights(model: Model, options: WeightsOptions = {}): Promise<{ model: Model; report: Report }> {
  requireModel(model);
  check(options);
  const { bits = 8, blockSize = 32, scheme = 'symmetric', granularity = 'perAxis', form: _, target = cpu(), rules = weightsRules, ...rest } = options;
  const { form, format } = formatFor({ ...options, target });
  if (form === 'dequantize' && scheme === 'asymmetric')
    throw fail('bad-option', { where: { option: 'scheme' }, expected: 'symmetric', actual: scheme }, 'blocks with DequantizeLinear are symmetric');
  const needed = bits === 8 ? neededOpset.matMulNBits : neededOpset[form];
  const current = model.opsets.get('') ?? needed;
  const raised = current < needed ? await raiseOpset(model, needed, { signal: rest.signal, onWarning: rest.onWarning }) : undefined;
  const result = await transform('quantizeWeights', raised?.model ?? model, rest, (draft, work) => {
    const bytes = dynamicTools(work, { conv: 'storage', target, perAxis: granularity === 'perAxis' });
    return rewriteNodes(draft, work, rules, { bits, blockSize, scheme, form, accuracyLevel: format?.accuracyLevel, bytes, work });
  });
  const { report } = result;
  if (report.changed.length === 0) return { model, report };
  const chosen = bits === 8 ? { bits, granularity } : { bits, blockSize, scheme, form };
  return {
    model: result.model,
    report: {
      ...report,
      options: { ...report.options, ...chosen, target: target.name },
      changed: [...(raised?.report.changed ?? []), ...report.changed],
      warnings: [...(raised?.report.warnings ?? []), ...report.warnings],
    },
  };
}
