// Dynamic quantization: weights to 8 bits now, activations at every run by their own range. Nothing to calibrate.
import {
  addressOf,
  allNodes,
  type Draft,
  edit,
  type Graph,
  keyOf,
  type Model,
  type Node,
  opKey,
  type Report,
  type TransformOptions,
  transform,
  type Value,
} from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import { cpu, type Target } from '@modeldiet/runtime';
import { checkpoint, type LongWork, tensor } from '@modeldiet/tensor';
import { addConstant, constantSource, readersOf } from '../constant';
import { fail } from '../errors';
import { weightQuantizer } from '../weights';
import type { ConvForm, DynamicRules, DynamicWork } from './rule';
import { dynamicRules } from './rules';

export interface DynamicOptions extends TransformOptions {
  /** One scale for each output channel (default), or one for the whole weight. The zero point is one number either way. */
  readonly granularity?: 'perAxis' | 'perTensor';
  /** How Conv weights are held; default 'storage'. Grouped convolutions and ConvTranspose take 'storage' where 'integer' is asked for, since it has no fast kernel for them. */
  readonly conv?: ConvForm;
  /** Where it will run; default `cpu()`, which assumes that u8 x s8 products saturate and so stores weights as u8 around 128. */
  readonly target?: Target;
  readonly rules?: DynamicRules;
}

/** The lowest opset of ai.onnx that has what the rules insert: per-axis DequantizeLinear-13, and DynamicQuantizeLinear-11. */
const neededOpset = { perAxis: 13, perTensor: 11 } as const;

/** DynamicQuantizeLinear for each value once in each graph that reads it. */
function inputQuantizer(): DynamicWork['quantizedInput'] {
  const made = new Map<Graph, Map<Value, ReturnType<DynamicWork['quantizedInput']>>>();
  return (graph, value, isFloat32) => {
    const inGraph = made.get(graph) ?? new Map();
    made.set(graph, inGraph);
    let found = inGraph.get(value);
    if (!found) {
      const input = isFloat32 ? value : edit.addNode(graph, { opType: 'Cast', inputs: [value], attributes: { to: { kind: 'int', value: 1 } } }).outputs[0]!;
      const names = ['quantized', 'scale', 'zero_point'].map((suffix) => edit.freshName(graph.model, `${value.name}_${suffix}`));
      const [codes, scale, zeroPoint] = edit.addNode(graph, { opType: 'DynamicQuantizeLinear', inputs: [input], outputs: names }).outputs;
      found = { codes: codes!, scale: scale!, zeroPoint: zeroPoint! };
      inGraph.set(value, found);
    }
    return found;
  };
}

/** The reader that would keep the float weight in the file, if there is one. */
function keepsFloat(node: Node, draft: Draft, rules: DynamicRules): Node | undefined {
  const source = constantSource(node.inputs[rules[opKey(node)]!.weightInput]);
  if (!source) return undefined;
  if (source.holder.graph.outputs.includes(source.holder)) return node;
  for (const reader of readersOf(source.holder)) {
    const rule = rules[opKey(reader.node)];
    if (rule?.weightInput !== reader.index || !draft.selects(reader.node)) return reader.node;
  }
  return undefined;
}

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
  check(options);
  const { granularity = 'perAxis', conv = 'storage', target = cpu(), rules = dynamicRules, ...rest } = options;
  const needed = neededOpset[granularity];
  const current = model.opsets.get('') ?? model.opsets.get('ai.onnx') ?? needed;
  const raised = current < needed ? await raiseOpset(model, needed, { signal: rest.signal, onWarning: rest.onWarning }) : undefined;
  const result = await transform('quantizeDynamic', raised?.model ?? model, rest, async (draft, work) =>
    run(draft, work, { rules, conv, target, perAxis: granularity === 'perAxis' }),
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

interface Settings {
  readonly rules: DynamicRules;
  readonly conv: ConvForm;
  readonly target: Target;
  readonly perAxis: boolean;
}

async function run(draft: Draft, work: LongWork, { rules, conv, target, perAxis }: Settings): Promise<number> {
  const weights = weightQuantizer(work);
  const tools: DynamicWork = {
    conv,
    weightFormat: target.saturatesU8S8 ? 'uint8' : 'int8',
    perAxis,
    quantizedInput: inputQuantizer(),
    weight: weights,
    constant: (graph, name, values, dims, type = 'float32') =>
      addConstant(
        graph,
        name,
        type === 'int64' ? tensor('int64', BigInt64Array.from(values, BigInt), dims) : tensor('float32', Float32Array.from(values), dims),
      ),
  };
  const nodes = [...allNodes(draft.model)].filter((node) => Object.hasOwn(rules, opKey(node)));
  let changes = 0;
  for (const [done, node] of nodes.entries()) {
    await checkpoint(work, { phase: 'quantize', done, total: nodes.length, unit: 'nodes', item: keyOf(node) });
    if (!draft.selects(node)) continue;
    const reader = keepsFloat(node, draft, rules);
    if (reader) {
      draft.skip(node, 'shared-weight', `its weight is also read by ${keyOf(reader)} as float, so the file would grow`);
      continue;
    }
    const address = addressOf(node);
    const outcome = await rules[opKey(node)]!.rewrite(node, tools);
    if (!outcome) continue;
    if ('changed' in outcome) {
      changes++;
      draft.change(address, outcome.changed);
    } else draft.skip(address, outcome.code, outcome.reason);
  }
  return changes;
}
