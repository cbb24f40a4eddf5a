// Quantization-aware training, after: the fake quantization of weights becomes stored integers, biases int32, as quantizeStatic writes them. Also of models that were prepared elsewhere.
import { addressOf, allNodes, type Draft, edit, type Model, type Node, opKey, type Report, requireModel, transform, type Value } from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import { checkpoint, type LongWork, materialize, toFloat32 } from '@modeldiet/tensor';
import { type ConstantSource, constantSource, dropUnread } from '../constant';
import { fail } from '../errors';
import type { StaticRules } from '../static/rules';
import { staticRules } from '../static/rules';
import { codeType, type WeightBits } from '../static/run';
import { biasFor, storedSpec } from '../static/stored';
import { weightQuantizer } from '../weights';
import { absMaxScale } from './absmax-scale';
import { fixedCodes } from './fixed-codes';

export interface ConvertQatOptions extends LongWork {
  /** Return the model as it was when no weight could be converted, instead of throwing `onnx-io/nothing-changed`. */
  readonly allowEmpty?: boolean;
  /** Which operators have a bias beside their weight; default `staticRules`. */
  readonly rules?: StaticRules;
}

interface Fake {
  readonly quantize: Node;
  readonly source: ConstantSource;
  /** Its readers that dequantize. */
  readonly dequantizers: readonly Node[];
}

/** The QuantizeLinear nodes that read a constant float weight. */
function fakesOf(model: Model): Fake[] {
  const found: Fake[] = [];
  for (const quantize of allNodes(model)) {
    if (opKey(quantize) !== 'QuantizeLinear') continue;
    const source = constantSource(quantize.inputs[0]);
    const dequantizers = [...quantize.outputs[0]!.uses].filter(({ node, index }) => index === 0 && opKey(node) === 'DequantizeLinear').map(({ node }) => node);
    if (source && dequantizers.length > 0) found.push({ quantize, source, dequantizers });
  }
  return found;
}

const dynamicOf = ({ quantize }: Fake): ReturnType<typeof absMaxScale> => absMaxScale(quantize.inputs[1]!, quantize.inputs[0]!);
/** From the largest code: 127 is 8 bits, 7 is 4. */
const bitsOf = (span: number): WeightBits => Math.round(Math.log2(span + 1) + 1) as WeightBits;

/** Removes what made `value`, where nothing else reads it. */
function dropCone(value: Value | undefined): void {
  if (!value || value.uses.size > 0 || value.graph.outputs.includes(value)) return;
  const node = value.producer;
  if (!node) {
    dropUnread(value);
    return;
  }
  if (node.outputs.some((output) => output && (output.uses.size > 0 || output.graph.outputs.includes(output)))) return;
  const inputs = new Set(node.inputs);
  edit.removeNode(node);
  for (const input of inputs) dropCone(input);
}

/** The scale of the codes that a node reads in input 0, where it is one known number. */
async function inputScale(node: Node, work: LongWork): Promise<number | undefined> {
  const maker = node.inputs[0]?.producer;
  const scale = maker && opKey(maker) === 'DequantizeLinear' ? constantSource(maker.inputs[1])?.weight : undefined;
  return scale?.dims.every((extent) => extent === 1) ? toFloat32(await materialize(scale, work))[0] : undefined;
}

async function convert(draft: Draft, work: LongWork, rules: StaticRules): Promise<number> {
  const quantizer = weightQuantizer(work);
  const fakes = fakesOf(draft.model);
  let count = 0;
  for (const [done, found] of fakes.entries()) {
    const { quantize, source, dequantizers } = found;
    await checkpoint(work, { phase: 'convert', done, total: fakes.length, unit: 'weights', item: source.holder.name });
    const dynamic = dynamicOf(found);
    const rank = source.weight.dims.length;
    const axis = dynamic && Array.from({ length: rank }, (_, i) => i).find((i) => !dynamic.axes.some((each) => (each + rank) % rank === i));
    const bits = dynamic && bitsOf(dynamic.span);
    const stored = bits ? await quantizer(source, storedSpec(bits, source.perm, axis)) : await fixedCodes(quantize, source, work);
    if ('reason' in stored) {
      draft.skip(quantize, stored.code, stored.reason);
      continue;
    }
    const old = new Set([quantize.outputs[0], quantize.inputs[1], quantize.inputs[2]]);
    for (const reader of dequantizers) edit.setInputs(reader, [stored.codes, stored.scale, stored.zeroPoint]);
    for (const value of old) dropCone(value);
    for (const { node, index } of dequantizers.flatMap((reader) => [...reader.outputs[0]!.uses])) {
      draft.change(addressOf(node), `${bits ? codeType(bits) : 'integers'}, weight ${source.holder.name}`);
      const rule = rules[opKey(node)];
      const bias = constantSource(node.inputs[2]);
      const input = await inputScale(node, work);
      if (index !== 1 || rule?.kind !== 'weighted' || !bias || input === undefined) continue;
      // One scale, or one for each output channel: then so has the bias.
      if (stored.scales.length > 1 && ('axis' in stored ? stored.axis : axis) !== rule.axis(node, rank)) continue;
      const held = node.inputs[2];
      const made = await biasFor({ node, bias }, input, stored.scales, draft, work);
      if (made) edit.setInput(node, 2, made);
      if (made) dropUnread(held);
    }
    count++;
  }
  return count;
}

/**
 * Makes the integer model of one whose weights go through fake quantization: weights become stored integers by the scales that they have now, biases int32; pairs around activations stay. The result has the form
 * of `quantizeStatic` and answers as the trained model does. Scales that are constants are kept, so models prepared elsewhere convert too. The opset is raised to 21 where weights become int4.
 * Throws `quantize/no-fake-quantize` where no weight goes through a pair, `quantize/not-finite` for a weight.
 */
export async function convertQat(model: Model, options: ConvertQatOptions = {}): Promise<{ model: Model; report: Report }> {
  requireModel(model);
  const { rules = staticRules, ...work } = options;
  const fakes = fakesOf(model);
  if (fakes.length === 0) throw fail('no-fake-quantize', { expected: 'a QuantizeLinear that reads a float weight, and a DequantizeLinear behind it' });
  const needed = fakes.some((found) => codeType(bitsOf(dynamicOf(found)?.span ?? 127)) === 'int4') ? 21 : 13;
  const raised = (model.opsets.get('') ?? needed) < needed ? await raiseOpset(model, needed, work) : undefined;
  const { model: made, report } = await transform('convertQat', raised?.model ?? model, work, (draft, inner) => convert(draft, inner, rules));
  return {
    model: made,
    report: { ...report, changed: [...(raised?.report.changed ?? []), ...report.changed], warnings: [...(raised?.report.warnings ?? []), ...report.warnings] },
  };
}
