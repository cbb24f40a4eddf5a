// A copy of a model's structure; weights and attribute values are shared, since neither is ever written.

import { adoptNode, type Keeps, type KeptBytes, type KeptGraph, kept, makeFunction, makeGraph, makeModel, makeValue, noAttributes, writable } from './make';
import type { Attribute, Graph, Model, ModelFunction, TrainingInfo, Value } from './model';
import { requireModel } from './require-model';
import { nestedGraphs, subgraphs } from './walk';

interface Copies {
  readonly values: Map<Value, Value>;
  readonly graphs: Map<Graph, Graph>;
}

function copyAttribute(attribute: Attribute, { graphs }: Copies): Attribute {
  if (attribute.kind === 'graph') return { ...attribute, value: graphs.get(attribute.value)! };
  if (attribute.kind === 'graphs') return { ...attribute, value: attribute.value.map((graph) => graphs.get(graph)!) };
  return attribute;
}

/** Copies `root` and everything below it into `model`; outer values that are not in `copies` stay as they are. */
function copyInto(root: Graph, target: Graph, copies: Copies): void {
  const { values, graphs } = copies;
  graphs.set(root, target);
  const all = [...nestedGraphs(root)];
  const quantized: Value[] = [];
  const copyValue = (value: Value, copy: Graph): void => {
    const { name, type, initializer, storage, doc, metadata, unknown } = value;
    values.set(value, makeValue(copy, name, { type, initializer, storage, doc, metadata, unknown }));
    if (value.quantization) quantized.push(value);
  };
  for (const graph of all) {
    const copy = graphs.get(graph) ?? makeGraph(target.model, { ...graph, opsets: target.opsets, parent: undefined });
    graphs.set(graph, copy);
    for (const value of graph.inputs) copyValue(value, copy);
    for (const value of graph.initializers) if (!values.has(value)) copyValue(value, copy);
    for (const node of graph.nodes) for (const value of node.outputs) if (value) copyValue(value, copy);
  }
  const of = (value: Value): Value => values.get(value) ?? value;
  const ofAny = (value: Value | undefined): Value | undefined => value && of(value);
  for (const graph of all) {
    const copy = writable(graphs.get(graph)!);
    copy.inputs = graph.inputs.map(of);
    copy.outputs = graph.outputs.map(of);
    for (const value of graph.initializers) copy.initializers.add(of(value));
    for (const node of graph.nodes) {
      const { opType, domain, overload, name, doc, metadata, unknown } = node;
      const attributes = node.attributes.size ? new Map(node.attributes) : noAttributes;
      const owned = subgraphs(node).length > 0;
      if (owned) for (const [key, attribute] of node.attributes) attributes.set(key, copyAttribute(attribute, copies));
      const made = adoptNode(copy as Graph, {
        opType,
        domain,
        overload,
        name,
        doc,
        metadata,
        unknown,
        inputs: node.inputs.map(ofAny),
        outputs: node.outputs.map(ofAny),
        attributes,
        [kept]: (node as Keeps<number>)[kept],
      });
      if (owned) for (const sub of subgraphs(made)) writable(sub).parent = made;
    }
    carry(graph, copy as Graph, of);
  }
  for (const value of quantized) {
    writable(of(value)).quantization = new Map([...value.quantization!].map(([key, parameter]) => [key, of(parameter)]));
  }
}

/** What the file said beyond the graph, about the copies. */
function carry(graph: Graph & Keeps<KeptGraph>, copy: Graph, of: (value: Value) => Value): void {
  const about = graph[kept];
  if (!about) return;
  const entry = (x: Value | KeptBytes): Value | KeptBytes => ('bytes' in x ? bytes(x) : of(x));
  const bytes = (x: KeptBytes): KeptBytes => (x.value ? { ...x, value: of(x.value) } : x);
  const copied: KeptGraph = {
    ...about,
    valueInfo: about.valueInfo.map(entry),
    annotations: about.annotations.map(entry),
    outputs: about.outputs.map((x) => x && bytes(x)),
  };
  Object.assign(copy, { [kept]: copied });
}

/** A model with its own graph objects and the same weights. Linear in nodes and values; no weight is read or copied. */
export function cloneModel(model: Model): Model {
  requireModel(model);
  const copy = makeModel({ ...model, graph: { ...model.graph, opsets: undefined, parent: undefined } });
  const fresh = (): Copies => ({ values: new Map(), graphs: new Map() });
  const main = fresh();
  copyInto(model.graph, copy.graph, main);
  for (const [key, fn] of model.functions) {
    const target = makeFunction(copy, { ...fn, opsets: new Map(fn.opsets), attributes: new Map(fn.attributes), parent: undefined });
    (copy.functions as Map<string, ModelFunction>).set(key, target);
    copyInto(fn, target, fresh());
  }
  for (const info of model.training) {
    const graphCopy = (graph: Graph | undefined): Graph | undefined => {
      if (!graph) return undefined;
      const target = makeGraph(copy, { ...graph, opsets: copy.opsets, parent: undefined });
      // A training step sees the values of the model's graph.
      copyInto(graph, target, { values: new Map(main.values), graphs: new Map() });
      return target;
    };
    (copy.training as TrainingInfo[]).push({ ...info, initialization: graphCopy(info.initialization), algorithm: graphCopy(info.algorithm) });
  }
  return copy;
}
