// The whole graph in float16: every float32 value becomes float16; graph inputs and outputs stay float32 behind Casts, and so do the arguments of operators that have no float16 form.
import {
  type Attribute,
  attr,
  type Draft,
  definedValues,
  edit,
  type Graph,
  isOverridable,
  type Node,
  nestedGraphs,
  opKey,
  type Value,
} from '@modeldiet/onnx-io';
import { inferShapes } from '@modeldiet/ops';
import { checkpoint, type LongWork, tensor, type Weight } from '@modeldiet/tensor';
import { dataType } from '../constant';
import { floatCast } from '../dynamic/emit';
import { fragile } from './fragile';
import { type Keeps, keepsFloat32 } from './keeps';
import { toHalf } from './options';

interface Plan {
  readonly graphs: readonly Graph[];
  readonly keeps: ReadonlyMap<Node, Keeps>;
  /** Every value that was float32. */
  readonly float32: ReadonlySet<Value>;
  /** Those of them that stay so. */
  readonly stays: ReadonlySet<Value>;
}

/** A constant that only float32 arguments read stays as it is. */
function readOnlyAsFloat(value: Value, keeps: ReadonlyMap<Node, Keeps>): boolean {
  const constant = value.initializer || (value.producer && opKey(value.producer) === 'Constant');
  return Boolean(constant) && value.uses.size > 0 && [...value.uses].every(({ node, index }) => keeps.get(node)?.input(index));
}

async function plan(draft: Draft, work: LongWork): Promise<Plan> {
  const { model } = draft;
  const shapes = inferShapes(model);
  const typeOf = (value: Value) => shapes.of(value) ?? value.type;
  const graphs = [...nestedGraphs(model.graph)];
  const keeps = new Map<Node, Keeps>();
  for (const graph of graphs)
    for (const node of graph.nodes) {
      await checkpoint(work);
      keeps.set(node, keepsFloat32(node, draft.selects(node), typeOf, await fragile(node, work)));
    }
  const float32 = new Set<Value>();
  const stays = new Set<Value>();
  for (const graph of graphs)
    for (const value of definedValues(graph)) {
      const type = typeOf(value);
      if (value.initializer ? value.initializer.type !== 'float32' : type?.kind !== 'tensor' || type.dtype !== 'float32') continue;
      float32.add(value);
      const { producer } = value;
      const kept = producer && keeps.get(producer)?.output(producer.outputs.indexOf(value));
      const border = graph === model.graph && graph.inputs.includes(value) && (!value.initializer || isOverridable(value));
      if (kept || border || readOnlyAsFloat(value, keeps)) stays.add(value);
    }
  return { graphs, keeps, float32, stays };
}

/** Casts `value` once in each graph that asks. */
function casts(): (graph: Graph, value: Value, to: 'float32' | 'float16') => Value {
  const made = new Map<Graph, Map<Value, Value>>();
  return (graph, value, to) => {
    const inGraph = made.get(graph) ?? new Map<Value, Value>();
    made.set(graph, inGraph);
    const cast = inGraph.get(value) ?? floatCast(graph, value, to, to === 'float16' ? 'float32' : 'float16');
    inGraph.set(value, cast);
    return cast;
  };
}

/** Attributes that name or hold the float32 type of an output which becomes float16. */
function halveAttributes(node: Node, work: LongWork): void {
  const name = node.outputs[0]?.name ?? '';
  const half = (weight: Weight): Attribute => attr.tensor(toHalf(weight, 'float16', name, work));
  for (const [key, attribute] of [...node.attributes]) {
    if ((key === 'to' || key === 'dtype') && attribute.kind === 'int' && Number(attribute.value) === dataType.float32)
      edit.setAttribute(node, key, attr.int(dataType.float16));
    if (attribute.kind === 'tensor' && attribute.value.type === 'float32') edit.setAttribute(node, key, half(attribute.value));
    if (opKey(node) !== 'Constant' || (attribute.kind !== 'float' && attribute.kind !== 'floats')) continue;
    const values = attribute.kind === 'float' ? [attribute.value] : attribute.value;
    edit.setAttribute(node, key, undefined);
    edit.setAttribute(node, 'value', half(tensor('float32', Float32Array.from(values), attribute.kind === 'float' ? [] : [values.length])));
  }
}

function halveValue(value: Value, work: LongWork): void {
  if (value.initializer?.type === 'float32') edit.setInitializer(value, toHalf(value.initializer, 'float16', value.name, work));
  else if (value.type?.kind === 'tensor') edit.setType(value, { ...value.type, dtype: 'float16' });
}

/** A float32 value with the output's name behind the float16 one. */
function restoreOutput(value: Value): Value {
  const { name, graph } = value;
  edit.renameValue(value, edit.freshName(graph.model, `${name}_float16`));
  const type = value.type?.kind === 'tensor' ? { ...value.type, dtype: 'float32' as const } : value.type;
  return edit.addNode(graph, { opType: 'Cast', inputs: [value], outputs: [{ name, type }], attributes: { to: attr.int(1) } }).outputs[0]!;
}

/** The pass; returns how many nodes now compute in float16. */
export async function computeHalf(draft: Draft, work: LongWork): Promise<number> {
  const { graphs, keeps, float32, stays } = await plan(draft, work);
  const castOf = casts();
  let changes = 0;
  let done = 0;
  for (const value of float32) if (!stays.has(value)) halveValue(value, work);
  for (const [node, keep] of keeps) {
    await checkpoint(work, { phase: 'convert', done: done++, total: keeps.size, unit: 'nodes' });
    if (keep.why) draft.skip(node, 'no-float16', keep.why);
    for (const [index, value] of [...node.inputs.entries()]) {
      if (!value || !float32.has(value) || stays.has(value) === keep.input(index)) continue;
      edit.setInput(node, index, castOf(node.graph, value, keep.input(index) ? 'float32' : 'float16'));
    }
    if (!node.outputs.some((value) => value && float32.has(value) && !stays.has(value))) continue;
    halveAttributes(node, work);
    draft.change(node, 'computes in float16');
    changes++;
  }
  for (const graph of graphs) {
    const main = graph === draft.model.graph;
    const outputs = graph.outputs.map((value) => {
      if (!float32.has(value)) return value;
      if (main) return stays.has(value) ? value : restoreOutput(value);
      return stays.has(value) ? castOf(graph, value, 'float16') : value;
    });
    edit.setOutputs(graph, outputs);
  }
  return changes;
}
