// Raises the ai.onnx opset of a model, version by version: every node whose op has a new version takes its step.
import {
  allGraphs,
  edit,
  type Graph,
  keyOf,
  type Model,
  type ModelFunction,
  type Node,
  nestedGraphs,
  newestOpset,
  type Report,
  requireModel,
  type TransformOptions,
  transform,
} from '@modeldiet/onnx-io';
import { fail } from '../errors';
import { visitShapes } from '../shapes/infer';
import { onnxTable } from '../table/onnx';
import type { Refusal, StepContext } from './step';
import { bumpOf } from './steps';

/** The lowest IR version that a file of each opset may have (onnx 1.23.2, helper.VERSION_TABLE). */
const irSince: readonly (readonly [opset: number, ir: number])[] = [
  [9, 4],
  [10, 5],
  [11, 6],
  [12, 7],
  [15, 8],
  [19, 9],
  [21, 10],
  [23, 11],
  [24, 12],
  [25, 13],
  [28, 14],
];
const irFor = (opset: number): number => irSince.findLast(([since]) => since <= opset)?.[1] ?? 3;

const isDefault = (node: Node): boolean => node.domain === '' || node.domain === 'ai.onnx';
const domainOf = ({ opsets }: { readonly opsets: ReadonlyMap<string, number> }): '' | 'ai.onnx' | undefined =>
  opsets.has('') ? '' : opsets.has('ai.onnx') ? 'ai.onnx' : undefined;
const isRefusal = (e: unknown): e is Refusal => typeof e === 'object' && e !== null && 'refusal' in e;

/**
 * The same model at ai.onnx opset `opset`: a conversion of every node whose op changed, subgraphs and functions included, never the import's number alone.
 * The IR version is raised to the lowest that allows the opset; initializers that an IR 3 file had to list as inputs stay constants.
 *
 * Throws `ops/no-conversion` for a node whose op changed its meaning and has no step, `ops/opset-lower` when the model is newer already, `ops/opset-unknown` for an opset
 * beyond these schemas, `onnx-io/nothing-changed` when it has that opset (unless `allowEmpty`).
 *
 * ```ts
 * const { model: raised } = await raiseOpset(model, 13);
 * ```
 */
export async function raiseOpset(model: Model, opset: number, options: TransformOptions = {}): Promise<{ model: Model; report: Report }> {
  requireModel(model);
  const newest = newestOpset['']!;
  if (!Number.isInteger(opset) || opset > newest)
    throw fail('opset-unknown', { where: { option: 'opset' }, expected: `an integer of at most ${newest}`, actual: opset });
  for (const owner of [model, ...model.functions.values()]) check(owner, opset);
  return transform('raiseOpset', model, options, (draft) => {
    const context: StepContext = { shapes: visitShapes(draft.model, { ops: onnxTable }) };
    let changes = 0;
    const convert = (owner: Model | ModelFunction, graphs: () => readonly Graph[]): void => {
      const domain = domainOf(owner);
      const from = domain === undefined ? opset : owner.opsets.get(domain)!;
      for (let version = from + 1; version <= opset; version++) {
        for (const graph of graphs()) for (const node of [...graph.nodes]) if (graph.nodes.has(node)) raiseNode(node, version);
        edit.setOpset(owner, domain!, version);
        changes++;
      }
    };
    const raiseNode = (node: Node, version: number): void => {
      const bump = isDefault(node) ? bumpOf(node.opType, version) : undefined;
      if (!bump || bump === 'unchanged') return;
      const where = { node: keyOf(node), opType: node.opType };
      if (bump === 'refused')
        throw fail('no-conversion', { where, expected: `${node.opType} of opset ${version - 1}`, actual: `${node.opType} of opset ${version}` });
      try {
        const what = bump(node, context);
        if (what !== undefined) draft.change(where, `opset ${version}: ${what}`);
      } catch (error) {
        if (isRefusal(error)) throw fail('no-conversion', { where }, `no conversion to opset ${version}: ${error.refusal}`);
        throw error;
      }
    };
    const main = (): readonly Graph[] => [...allGraphs(draft.model)].filter((graph) => graph.opsets === draft.model.opsets);
    convert(draft.model, main);
    for (const fn of draft.model.functions.values()) convert(fn, () => [...nestedGraphs(fn)]);
    raiseIr(draft.model, opset);
    return changes;
  });
}

function check(owner: Model | ModelFunction, opset: number): void {
  const domain = domainOf(owner);
  const from = domain === undefined ? undefined : owner.opsets.get(domain);
  if (from === undefined) return;
  if (from > opset && 'irVersion' in owner) throw fail('opset-lower', { where: { option: 'opset' }, expected: `at least ${from}`, actual: opset });
}

/** Before IR 4 every initializer had to be listed as an input; from then on that means it may be fed, so the listing goes. */
function raiseIr(model: Model, opset: number): void {
  const ir = irFor(opset);
  if (model.irVersion >= ir) return;
  const unlisted = model.irVersion < 4 ? model.graph.inputs.filter((value) => value.initializer && edit.outputCount(value) === 0) : [];
  for (const value of unlisted) {
    const { name, initializer } = value;
    const twin = edit.addInitializer(model.graph, edit.freshName(model, name), initializer!);
    edit.replaceUses(value, twin);
    edit.removeValue(value);
    edit.renameValue(twin, name);
  }
  edit.setIrVersion(model, ir);
}
