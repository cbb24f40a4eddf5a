// Slice(Slice(x)) = Slice(x): of other axes, or of the same by steps of 1 from the front.
import { edit, type Node, numbersParam, opKey, type Value } from '@modeldiet/onnx-io';
import { onlyReader } from '../edit';
import { type Context, did, type Rule, skip } from '../rule';
import { addConstant } from './constant';

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** What a Slice cuts, axis by axis; undefined where it is not known. */
function cutsOf(node: Node, rank: number | undefined): readonly Cut[] | undefined {
  const [starts, ends] = [numbersParam(node, 'starts'), numbersParam(node, 'ends')];
  if (!Array.isArray(starts) || !Array.isArray(ends)) return undefined;
  const axes = numbersParam(node, 'axes') ?? starts.map((_, i) => i);
  const steps = numbersParam(node, 'steps') ?? starts.map(() => 1);
  if (!Array.isArray(axes) || !Array.isArray(steps) || (rank === undefined && axes.some((axis) => axis < 0))) return undefined;
  return starts.map((start, i) => ({ axis: axes[i]! < 0 ? axes[i]! + rank! : axes[i]!, start, end: ends[i]!, step: steps[i]! }));
}

/** Two cuts of one axis as one; undefined where that depends on the extent. */
function composed(first: Cut, second: Cut): Cut | undefined {
  if (first.step !== 1 || second.step < 1 || [first.start, first.end, second.start, second.end].some((n) => n < 0)) return undefined;
  const start = first.start + second.start;
  return { ...second, start, end: Math.max(start, Math.min(first.end, first.start + second.end)) };
}

function joined(first: readonly Cut[], second: readonly Cut[]): readonly Cut[] | undefined {
  const cuts: Cut[] = [];
  for (const cut of first) {
    const again = second.find(({ axis }) => axis === cut.axis);
    const both = again ? composed(cut, again) : cut;
    if (!both) return undefined;
    cuts.push(both);
  }
  return [...cuts, ...second.filter(({ axis }) => !first.some((cut) => cut.axis === axis))].sort((a, b) => a.axis - b.axis);
}

export const sliceOfSlice: Rule = {
  name: 'slice of a slice',
  ops: ['Slice'],
  apply(node, context: Context) {
    const first = node.inputs[0]?.producer;
    const [source] = first?.inputs ?? [];
    if (!first || !source || first.graph !== node.graph || opKey(first) !== 'Slice' || onlyReader(node.inputs[0]!) !== node) return undefined;
    // Before opset 10 what is cut stands in attributes.
    if (node.attributes.has('starts') || first.attributes.has('starts')) return undefined;
    const rank = context.shapeOf(source)?.length;
    const [inner, outer] = [cutsOf(first, rank), cutsOf(node, rank)];
    if (!inner || !outer) return skip('dynamic-parameter', 'what is cut is not known');
    const cuts = joined(inner, outer);
    if (!cuts) return skip('unknown-shape', 'both cut the same axis, and where depends on its extent');
    const put = (what: keyof Cut, name: string): Value => {
      const tensor = { type: 'int64', dims: [cuts.length], data: BigInt64Array.from(cuts, (cut) => BigInt(cut[what])) } as const;
      return addConstant(node.graph, `${node.outputs[0]?.name ?? 'slice'}_${name}`, tensor, context);
    };
    const parameters = [put('start', 'starts'), put('end', 'ends'), put('axis', 'axes')];
    edit.setInputs(node, [source, ...parameters, ...(cuts.some(({ step }) => step !== 1) ? [put('step', 'steps')] : [])]);
    return did('joined with the slice before it');
  },
};
