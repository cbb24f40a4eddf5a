// Structured pruning: whole channels go, in every weight of their dependency group, so that matrices really get smaller.
import {
  addressOf,
  type Draft,
  edit,
  type Model,
  opKey,
  type Report,
  requireModel,
  type TransformOptions,
  tensorOf,
  transform,
  type Value,
} from '@modeldiet/onnx-io';
import { checkpoint, type LongWork, materialize, type Tensor, tensor, toFloat32 } from '@modeldiet/tensor';
import { fail } from './errors';
import { extentInputs, type Group, groupsOf } from './groups';
import { type Importance, l2 } from './importance';
import { floatWeight, holdsConstant, type PrunableRules, prunableRules } from './prunable';
import { setWeight } from './set-weight';
import { takeAlong, zeroAlong } from './slice';
import { checkAmount, type Masks } from './unstructured';

/** JSON: which channels of which group go. */
export interface PrunePlan {
  readonly groups: readonly {
    readonly name: string;
    readonly opType: string;
    readonly channels: number;
    readonly remove: readonly number[];
    readonly weights: readonly string[];
  }[];
  /** Groups that cannot lose channels, and why. */
  readonly locked: readonly { readonly name: string; readonly opType: string; readonly reason: string }[];
}

export interface StructuredOptions extends TransformOptions {
  /** The share of the channels of each group that goes: 0 up to, and without, 1. At least one channel stays. */
  readonly amount: number;
  /** Default `l2()` over all weights of the group. */
  readonly importance?: Importance;
  /** What stays of a group is a multiple of this; default 1. 8 keeps vector kernels full. */
  readonly multipleOf?: number;
  readonly rules?: PrunableRules;
}

/** Inputs where a zero means that the channel is not there. */
const zeroable: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  Add: [0, 1],
  Mul: [0, 1],
  BatchNormalization: [1, 2],
};

/** The constants of a group with their labelled axes. */
const constants = (group: Group): [Value, ReadonlyMap<number, Int32Array>][] => [...group.values].filter(([value]) => holdsConstant(value));

async function scoresOf(group: Group, importance: Importance, work: LongWork): Promise<Float64Array> {
  const scores = new Float64Array(group.channels);
  for (const [value, axes] of constants(group)) {
    const weight = floatWeight(value);
    if (!weight || weight.dims.length < 2) continue;
    const numbers = toFloat32(await materialize(weight, work));
    for (const [axis, labels] of axes) {
      const inner = weight.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
      const extent = weight.dims[axis]!;
      for (let i = 0; i < numbers.length; i++) {
        if (Number.isNaN(numbers[i])) throw fail('not-finite', { where: { value: value.name }, actual: `NaN at ${i}` });
        const label = labels[Math.floor(i / inner) % extent]!;
        if (label >= 0) scores[label]! += importance.of(numbers[i]!);
      }
    }
  }
  return scores;
}

/** The least important channels, so many that what stays is a multiple. */
function leastOf(scores: Float64Array, amount: number, multipleOf: number): number[] {
  const wanted = scores.length - Math.round(amount * scores.length);
  const keep = Math.min(scores.length, Math.max(multipleOf, Math.round(wanted / multipleOf) * multipleOf, 1));
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b);
  return order.slice(0, scores.length - keep).sort((a, b) => a - b);
}

async function planFor(draft: Draft, options: StructuredOptions, work: LongWork): Promise<{ plan: PrunePlan; groups: Group[] }> {
  const { amount, importance = l2(), multipleOf = 1, rules = prunableRules } = options;
  const groups = groupsOf(draft.model.graph, rules);
  const chosen: PrunePlan['groups'][number][] = [];
  const locked: PrunePlan['locked'][number][] = [];
  for (const [done, group] of groups.entries()) {
    const { name, opType, channels } = group;
    await checkpoint(work, { phase: 'plan', done, total: groups.length, unit: 'nodes', item: name });
    const excluded = [...group.nodes].find((node) => Object.hasOwn(rules, opKey(node)) && !draft.selects(node));
    const reason = group.locked ?? (excluded && 'include and exclude leave a node of its group out');
    if (reason) {
      locked.push({ name, opType, reason });
      continue;
    }
    const remove = leastOf(await scoresOf(group, importance, work), amount, multipleOf);
    if (remove.length === 0) locked.push({ name, opType, reason: `${channels} channels are too few to lose ${amount} of them` });
    else chosen.push({ name, opType, channels, remove, weights: constants(group).map(([value]) => value.name) });
  }
  return { plan: { groups: chosen, locked }, groups };
}

/** For each labelled axis which of its entries go, over all groups of the plan. */
function goneEntries(plan: PrunePlan, groups: readonly Group[]): Map<Value, Map<number, Set<number>>> {
  const gone = new Map<Value, Map<number, Set<number>>>();
  for (const { name, remove, channels } of plan.groups) {
    const group = groups.find((candidate) => candidate.name === name && !candidate.locked);
    if (group?.channels !== channels) throw fail('no-group', { where: { node: name }, expected: channels, actual: group?.channels });
    const channelsGone = new Set(remove);
    for (const [value, axes] of group.values)
      for (const [axis, labels] of axes) {
        const byAxis = gone.get(value) ?? new Map<number, Set<number>>();
        gone.set(value, byAxis);
        const entries = byAxis.get(axis) ?? new Set<number>();
        byAxis.set(axis, entries);
        labels.forEach((label, i) => {
          if (channelsGone.has(label)) entries.add(i);
        });
      }
  }
  return gone;
}

/** Extents that a node spells out: Reshape's shape, Resize's sizes, Split's parts, a depthwise group count. */
function respell(draft: Draft, gone: ReadonlyMap<Value, ReadonlyMap<number, ReadonlySet<number>>>, groups: readonly Group[]): void {
  const nodes = new Set(groups.flatMap((group) => (group.locked ? [] : [...group.nodes])));
  for (const node of nodes) {
    const weight = node.inputs[1];
    const lost = weight && gone.get(weight)?.get(0)?.size;
    const group = node.attributes.get('group');
    if (lost && group?.kind === 'int' && Number(group.value) > 1 && (opKey(node) === 'Conv' || opKey(node) === 'ConvTranspose'))
      edit.setAttribute(node, 'group', { kind: 'int', value: Number(group.value) - lost });
    const spelled = extentInputs[opKey(node)];
    const spelling = spelled && node.inputs[spelled.input];
    const held = spelling && tensorOf(spelling);
    if (!spelled || !held || held.type !== 'int64') continue;
    const entries = Array.from(held.data, Number);
    const changed = entries.map((extent, i) => {
      const axes = gone.get(node.outputs[spelled.by === 'axes' ? 0 : i]!);
      const less = spelled.by === 'axes' ? axes?.get(i)?.size : [...(axes?.values() ?? [])].find((set) => set.size > 0)?.size;
      return extent > 1 && less ? extent - less : extent;
    });
    if (changed.some((extent, i) => extent !== entries[i]))
      edit.setInput(
        node,
        spelled.input,
        edit.addInitializer(
          draft.model.graph,
          edit.freshName(draft.model, `${spelling!.name}_pruned`),
          tensor('int64', BigInt64Array.from(changed, BigInt), held.dims),
        ),
      );
  }
}

function slice(draft: Draft, gone: ReadonlyMap<Value, ReadonlyMap<number, ReadonlySet<number>>>, groups: readonly Group[], work: LongWork): void {
  respell(draft, gone, groups);
  for (const [value, axes] of gone) {
    const lossy = [...axes].filter(([, entries]) => entries.size > 0);
    if (lossy.length === 0) continue;
    const weight = holdsConstant(value) ? floatWeight(value) : undefined;
    if (weight) {
      const kept = lossy.map(([axis, entries]) => [axis, Array.from({ length: weight.dims[axis]! }, (_, i) => i).filter((i) => !entries.has(i))] as const);
      const dims = weight.dims.map((extent, axis) => kept.find(([at]) => at === axis)?.[1].length ?? extent);
      setWeight(value, weight, dims, (t) => kept.reduce((rest: Tensor, [axis, indices]) => takeAlong(rest, axis, indices), t), work);
    } else if (value.type?.kind === 'tensor' && value.type.shape) {
      const shape = value.type.shape.map((dim, axis) => (typeof dim === 'number' ? dim - (axes.get(axis)?.size ?? 0) : dim));
      edit.setType(value, { ...value.type, shape });
    }
  }
}

function check({ amount, multipleOf = 1 }: StructuredOptions): void {
  checkAmount(amount);
  if (!(Number.isInteger(multipleOf) && multipleOf >= 1))
    throw fail('bad-option', { where: { option: 'multipleOf' }, expected: 'a whole number, 1 or more', actual: multipleOf });
}

/**
 * Removes the least important `amount` of the channels of every dependency group of the main graph. Groups that reach an input or output of the model, an operator that acts across channels, or one
 * whose effect on them is not known are locked, with a reason in the report. The result equals the model with these channels zero (`maskStructured`).
 * Throws `prune/amount`, `prune/not-finite`, `onnx-io/nothing-changed` when every group is locked.
 */
export async function pruneStructured(model: Model, options: StructuredOptions): Promise<{ model: Model; report: Report; plan: PrunePlan }> {
  requireModel(model);
  check(options);
  const { amount, importance = l2(), multipleOf = 1, rules, ...rest } = options;
  let plan: PrunePlan = { groups: [], locked: [] };
  const result = await transform('pruneStructured', model, rest, async (draft, work) => {
    const planned = await planFor(draft, { ...options, rules }, work);
    plan = planned.plan;
    for (const { name, opType, reason } of plan.locked) draft.skip({ node: name, opType }, 'locked', reason);
    const changes = plan.groups.map(({ name, opType, channels, remove, weights }) => ({
      node: name,
      opType,
      what: `${remove.length} of ${channels} channels removed, in ${weights.join(', ')}`,
    }));
    slice(draft, goneEntries(plan, planned.groups), planned.groups, work);
    for (const { node, opType, what } of changes) draft.change({ node, opType }, what);
    return changes.length;
  });
  return {
    model: result.model,
    report: { ...result.report, options: { ...result.report.options, amount, importance: { name: importance.name, options: importance.options }, multipleOf } },
    plan,
  };
}

/** The model with the channels of a plan zero instead of gone, and the masks that keep them so in training: same answers as the pruned model, same size as before. Throws `prune/no-group`. */
export async function maskStructured(
  model: Model,
  plan: PrunePlan,
  options: TransformOptions & { readonly rules?: PrunableRules } = {},
): Promise<{ model: Model; report: Report; masks: Masks }> {
  const { rules = prunableRules, ...rest } = options;
  const masks: Record<string, Tensor<'uint8'>> = {};
  const result = await transform('maskStructured', model, rest, (draft, work) => {
    const groups = groupsOf(draft.model.graph, rules);
    const gone = goneEntries(plan, groups);
    let changes = 0;
    for (const [value, axes] of gone) {
      const weight = holdsConstant(value) ? floatWeight(value) : undefined;
      const zeroes = [...value.uses].every(({ node, index }) => zeroable[opKey(node)]?.includes(index));
      if (!weight || !zeroes) continue;
      const apply = (t: Tensor): Tensor => [...axes].reduce((rest, [axis, entries]) => zeroAlong(rest, axis, [...entries]), t);
      masks[value.name] = apply(tensor('uint8', new Uint8Array(weight.dims.reduce((a, b) => a * b, 1)).fill(1), weight.dims)) as Tensor<'uint8'>;
      const [use] = value.uses;
      draft.change(addressOf(use!.node), `channels of ${value.name} are zero`);
      setWeight(value, weight, weight.dims, apply, work);
      changes++;
    }
    return changes;
  });
  return { ...result, masks };
}
