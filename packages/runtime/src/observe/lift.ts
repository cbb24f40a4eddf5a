// Values inside the bodies of If, Loop and Scan brought out to the main graph, level by level, and read back item by item.
import { attr, edit, type Graph, graphsOf, type Model, type Node, opKey, type Value } from '@modeldiet/onnx-io';
import { type DType, rows, type Tensor, tensor, tensorFromBytes } from '@modeldiet/tensor';
import { fail } from '../errors';

/** One computed tensor; `iteration` counts the rounds of the loops around it, outer first. */
export interface Lifted {
  readonly tensor: Tensor;
  readonly iteration: readonly number[];
}
type Unwrap = (item: Lifted) => readonly Lifted[];

const squeezed = (t: Tensor): Tensor => ({ ...t, dims: t.dims.slice(1) }) as Tensor;

/** A branch not taken gives no row, the taken one gives one. */
const fromBranch: Unwrap = ({ tensor: t, iteration }) => (t.dims[0] === 0 ? [] : [{ tensor: squeezed(t), iteration }]);

/** Rounds are stacked on a new first axis. */
const fromRounds: Unwrap = ({ tensor: t, iteration }) =>
  Array.from({ length: t.dims[0] ?? 0 }, (_, round) => ({ tensor: squeezed(rows(t, round, round + 1)), iteration: [...iteration, round] }));

function unsqueezed(graph: Graph, value: Value): Value {
  const opset = graph.opsets.get('') ?? graph.opsets.get('ai.onnx') ?? 1;
  if (opset < 13) return edit.addNode(graph, { opType: 'Unsqueeze', inputs: [value], attributes: { axes: attr.ints([0]) } }).outputs[0]!;
  const axes = edit.addInitializer(graph, edit.freshName(graph.model, 'observed_axes'), tensor('int64', BigInt64Array.of(0n), [1]));
  return edit.addNode(graph, { opType: 'Unsqueeze', inputs: [value, axes] }).outputs[0]!;
}

/** An empty tensor as an output of a branch that does not make the value. */
function empty(graph: Graph, dtype: DType): Value {
  const nothing = edit.addInitializer(
    graph,
    edit.freshName(graph.model, 'not_observed'),
    dtype === 'string' ? tensor('string', [], [0]) : tensorFromBytes(dtype, [0], new Uint8Array(0)),
  );
  return edit.addNode(graph, { opType: 'Identity', inputs: [nothing] }).outputs[0]!;
}
/** Node outputs and body outputs pair up by place: places left out at the end are filled before one is added. */
function padOutputs(node: Node, count: number): void {
  while (node.outputs.length < count) edit.addNodeOutput(node, undefined);
}

type Level = (node: Node, graph: Graph, value: Value, dtype: DType | undefined) => { readonly value: Value; readonly unwrap: Unwrap };

function throughIf(node: Node, graph: Graph, value: Value, dtype: DType | undefined): ReturnType<Level> {
  if (!dtype) throw fail('not-observable', { where: { value: value.name } }, 'the type of this value in a branch is not known');
  const branches = [...node.attributes.values()].flatMap(graphsOf);
  padOutputs(node, graph.outputs.length);
  for (const branch of branches) edit.addOutput(branch, branch === graph ? unsqueezed(branch, value) : empty(branch, dtype));
  return { value: edit.addNodeOutput(node, { name: '', type: { kind: 'tensor', dtype } })!, unwrap: fromBranch };
}

/** A scan output: the body's last, stacked by the loop. Identity lets a body input, or a value that is an output already, be one. */
function throughLoop(node: Node, graph: Graph, value: Value, dtype: DType | undefined, carried: number): ReturnType<Level> {
  padOutputs(node, graph.outputs.length - carried);
  edit.addOutput(
    graph,
    edit.addNode(graph, { opType: 'Identity', inputs: [value], outputs: [{ name: '', ...(dtype && { type: { kind: 'tensor', dtype } as const }) }] })
      .outputs[0]!,
  );
  return { value: edit.addNodeOutput(node, { name: '' })!, unwrap: fromRounds };
}

const levels: Readonly<Record<string, Level>> = {
  If: throughIf,
  // The body's first output is the condition, which the node does not give out.
  Loop: (node, graph, value, dtype) => throughLoop(node, graph, value, dtype, 1),
  Scan: (node, graph, value, dtype) => {
    for (const name of ['scan_output_axes', 'scan_output_directions']) {
      const flags = node.attributes.get(name);
      if (flags?.kind === 'ints') edit.setAttribute(node, name, attr.ints([...flags.value, 0]));
    }
    return throughLoop(node, graph, value, dtype, 0);
  },
};

/** Makes `value`, of a graph inside `model`, reachable from the main graph. Throws `runtime/not-observable` where an op around it cannot pass it on. */
export function lift(model: Model, value: Value, dtype: DType | undefined): { readonly value: Value; readonly read: (t: Tensor) => readonly Lifted[] } {
  const unwraps: Unwrap[] = [];
  let at = value;
  while (at.graph !== model.graph) {
    const { graph } = at;
    const level = graph.parent && levels[opKey(graph.parent)];
    if (!graph.parent || !level)
      throw fail(
        'not-observable',
        { where: { value: value.name, ...(graph.parent && { opType: opKey(graph.parent) }) } },
        'no output can be added around this value',
      );
    const passed = level(graph.parent, graph, at, dtype);
    at = passed.value;
    unwraps.unshift(passed.unwrap);
  }
  return { value: at, read: (t) => unwraps.reduce<readonly Lifted[]>((items, unwrap) => items.flatMap(unwrap), [{ tensor: t, iteration: [] }]) };
}
