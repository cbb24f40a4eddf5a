// Shape arithmetic: targets said by numbers, extents that are computed in several places computed once.
import { allGraphs, type Draft, edit, type Graph, opKey, orderedNodes, type Pass, type Value } from '@modeldiet/onnx-io';
import type { Shapes } from '@modeldiet/ops';
import { checkpoint } from '@modeldiet/tensor';
import { shapesOf } from '../context';
import { canReplace } from '../edit';
import { concatOfZeros, reshapeTarget, zeroStates } from '../rules/shape-targets';
import { rulePass } from '../run-rules';

/** Reshape targets as numbers, recurrent states that are zero, Concat with zeros. */
export const simplifyShapes = /* @__PURE__ */ rulePass('shapes', [reshapeTarget, zeroStates, concatOfZeros]);

/** The elements of an integer value as text, when each is a number or an extent with a name: equal text, equal value. */
function elementsKey(value: Value, shapes: Shapes): string | undefined {
  const type = shapes.of(value);
  const elements = shapes.elements(value);
  if (type?.kind !== 'tensor' || !type.dtype || !elements || elements.data.length === 0) return undefined;
  if (elements.data.every((dim) => typeof dim === 'number') || elements.data.some((dim) => typeof dim === 'string' && dim.includes('?'))) return undefined;
  return `${type.dtype}[${elements.dims.join()}]=${elements.data.join('|')}`;
}

function mergeIn(graph: Graph, draft: Draft, shapes: Shapes): number {
  const first = new Map<string, Value>();
  let merged = 0;
  for (const node of orderedNodes(graph)) {
    const [value, ...others] = node.outputs;
    if (!value || others.length > 0 || opKey(node) === 'Constant') continue;
    const key = elementsKey(value, shapes);
    if (key === undefined) continue;
    const same = first.get(key);
    if (!same) first.set(key, value);
    else if (draft.selects(node) && canReplace(value, same)) {
      edit.replaceValue(value, same);
      edit.removeNode(node);
      draft.change(node, `removed: '${same.name}' is the same extents`);
      merged++;
    }
  }
  return merged;
}

/** Merges integer values that are the same extents by name ('batch', '4*batch'), however they are computed. Functions are left out: their extents differ from call to call. */
export const mergeExtents: Pass = async (draft, work) => {
  await checkpoint(work, { phase: 'extents', done: 0, unit: 'nodes' });
  const shapes = shapesOf(draft);
  const inFunctions = new Set<Graph>(draft.model.functions.values());
  const isInside = (graph: Graph): boolean => {
    for (let g: Graph | undefined = graph; g; g = g.parent?.graph) if (inFunctions.has(g) || (g.parent && opKey(g.parent) !== 'If')) return true;
    return false;
  };
  let merged = 0;
  for (const graph of [...allGraphs(draft.model)]) if (!isInside(graph)) merged += mergeIn(graph, draft, shapes);
  return merged;
};
