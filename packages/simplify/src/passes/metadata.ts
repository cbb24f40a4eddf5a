// Notes that no runtime reads: doc strings and metadata_props of graphs, nodes and values (an exporter's stack traces can be a third of a small file).
import { allGraphs, definedValues, edit, type Graph, type Node, type Pass, type Value } from '@modeldiet/onnx-io';
import { checkpoint } from '@modeldiet/tensor';

function strip(x: Graph | Node | Value): boolean {
  const had = x.doc !== undefined || x.metadata.size > 0;
  if (x.doc !== undefined) edit.setDoc(x, undefined);
  for (const key of x.metadata.keys()) edit.setMetadata(x, key, undefined);
  return had;
}

/** Removes doc strings and metadata_props of graphs, nodes and values; those of the model itself stay. Not among the default passes: asked for by its name, 'metadata'. */
export const stripMetadata: Pass = async (draft, work) => {
  let changes = 0;
  for (const graph of allGraphs(draft.model)) {
    await checkpoint(work, { phase: 'metadata', done: changes, unit: 'nodes' });
    for (const value of definedValues(graph)) if (strip(value)) changes++;
    for (const node of graph.nodes) {
      if (!draft.selects(node) || !strip(node)) continue;
      draft.change(node, 'its notes are removed');
      changes++;
    }
    if (strip(graph)) changes++;
  }
  return changes;
};
