// Dependency groups: the channels of one weight, and every axis of every value that has to lose the same channels (Fang et al., "DepGraph: Towards Any Structural Pruning", 2023), found by carrying labels through axis equations.
import { type Graph, keyOf, type Node, opKey, orderedNodes, tensorOf, type Value } from '@modeldiet/onnx-io';
import { axesOf, inferShapes, type OpTable, type Shapes, table } from '@modeldiet/ops';
import { carry, type Labels, type Term } from './labels';
import { floatWeight, holderOf, holdsConstant, type PrunableRules } from './prunable';

export interface Group {
  /** The address of the node whose weight it starts from. */
  readonly name: string;
  readonly opType: string;
  readonly channels: number;
  /** Labelled axes of every value that takes part: weights, biases and what flows between them. */
  readonly values: ReadonlyMap<Value, ReadonlyMap<number, Labels>>;
  readonly nodes: ReadonlySet<Node>;
  /** Why it cannot lose channels. */
  readonly locked?: string;
}

/** Constant inputs that spell out extents, by output axis ('axes') or by output ('outputs'). */
export const extentInputs: Readonly<Record<string, { readonly input: number; readonly by: 'axes' | 'outputs' }>> = {
  Reshape: { input: 1, by: 'axes' },
  Expand: { input: 1, by: 'axes' },
  Resize: { input: 3, by: 'axes' },
  Split: { input: 1, by: 'outputs' },
};

function extentsOf(value: Value | undefined, shapes: Shapes): readonly (number | undefined)[] | undefined {
  if (!value) return undefined;
  const type = shapes.of(value) ?? value.type;
  return type?.kind === 'tensor' ? type.shape?.map((dim) => (typeof dim === 'number' ? dim : undefined)) : undefined;
}

interface Search {
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly ops: OpTable;
}

/** Labels of the node's other axes, or a refusal. */
function step(node: Node, values: ReadonlyMap<Value, ReadonlyMap<number, Labels>>, { shapes, ops }: Search): ReturnType<typeof carry> | 'nothing' {
  // The runtime shape is right by itself.
  if (opKey(node) === 'Shape' || opKey(node) === 'Size') return 'nothing';
  const equation = axesOf(node, shapes, ops, opKey(node));
  if (!equation) return { refused: `${opKey(node)} has no axis equation` };
  const all = [
    ...node.inputs.map((value, i) => [value, equation.inputs[i]] as const),
    ...node.outputs.map((value, i) => [value, equation.outputs[i]] as const),
  ];
  const terms: Term[] = all.map(([value, axes]) => {
    const extents = extentsOf(value, shapes);
    const known = value && values.get(value);
    if (!extents || !axes) return { axes: axes ?? [], extents: known ? [...known.keys()].map(() => undefined) : [], labels: known ? [...known.values()] : [] };
    return { axes, extents, labels: extents.map((_, axis) => known?.get(axis)) };
  });
  const carried = carry(terms);
  if ('refused' in carried) return { refused: `${opKey(node)}: ${carried.refused}` };
  const outputs = new Set(equation.outputs.flatMap((term) => term.flatMap(({ letters }) => letters)));
  for (const letter of carried.letters) {
    if (outputs.has(letter) || letter.startsWith('.') || letter.startsWith('*')) continue;
    const weighed = equation.inputs.some((term, i) => term.some(({ letters }) => letters.includes(letter)) && holderOf(node.inputs[i]));
    if (!weighed) return { refused: `${opKey(node)}: it sums over channels without a weight` };
  }
  const spelled = extentInputs[opKey(node)];
  const spelling = spelled && node.inputs[spelled.input];
  if (spelling && !tensorOf(spelling)) return { refused: `${opKey(node)}: its extents are computed` };
  return carried;
}

function grow(start: { node: Node; value: Value; axis: number; channels: number }, search: Search): Group {
  const { node: first, channels } = start;
  const values = new Map<Value, Map<number, Labels>>();
  const nodes = new Set<Node>();
  const queue: Node[] = [];
  let locked: string | undefined;
  const visit = (value: Value): void => {
    if (search.graph.outputs.includes(value)) locked ??= `${value.name} is an output of the model`;
    if (search.graph.inputs.includes(value) && !value.initializer) locked ??= `${value.name} is an input of the model`;
    if (value.producer && !holdsConstant(value)) queue.push(value.producer);
    for (const use of value.uses) {
      if (use.node.graph !== search.graph) locked ??= `${value.name} is read inside of a subgraph`;
      else queue.push(use.node);
    }
  };
  const label = (value: Value, axis: number, labels: Labels): void => {
    const known = values.get(value) ?? new Map<number, Labels>();
    values.set(value, known);
    const before = known.get(axis);
    if (before) {
      if (before.some((entry, i) => entry !== labels[i])) locked ??= `channels of one group meet in ${value.name} in different orders`;
      return;
    }
    known.set(axis, labels);
    visit(value);
  };
  label(
    start.value,
    start.axis,
    Int32Array.from({ length: channels }, (_, i) => i),
  );
  while (queue.length && !locked) {
    const node = queue.pop()!;
    const carried = step(node, values, search);
    if (carried === 'nothing') continue;
    nodes.add(node);
    if ('refused' in carried) {
      locked = `${carried.refused} ('${keyOf(node)}')`;
      break;
    }
    for (const [i, value] of [...node.inputs, ...node.outputs].entries())
      for (const [axis, labels] of carried.labels[i]!.entries()) if (value && labels?.some((entry) => entry >= 0)) label(value, axis, labels);
  }
  return { name: keyOf(first), opType: first.opType, channels, values, nodes, ...(locked !== undefined && { locked }) };
}

/** Every group of the main graph, locked ones too, in node order; a weight's channels are in one group. */
export function groupsOf(graph: Graph, rules: PrunableRules, ops: OpTable = table): Group[] {
  const search: Search = { graph, shapes: inferShapes(graph.model), ops };
  const groups: Group[] = [];
  for (const node of orderedNodes(graph)) {
    const rule = Object.hasOwn(rules, opKey(node)) ? rules[opKey(node)] : undefined;
    const value = rule && node.inputs[rule.weightInput];
    const weight = floatWeight(holderOf(value));
    if (!rule || !value || !weight || weight.dims.length < 2) continue;
    const axis = rule.outputAxis(node, weight.dims.length);
    if (groups.some((group) => !group.locked && group.values.get(value)?.has(axis))) continue;
    groups.push(grow({ node, value, axis, channels: weight.dims[axis]! }, search));
  }
  return groups;
}
