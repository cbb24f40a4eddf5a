// What a trace event leaves out: kernels that packed their weight beforehand name neither its dims nor its bytes, so both come from the model.
import { allNodes, keyOf, type Model, type Node, opKey } from '@modeldiet/onnx-io';
import { costs, inferShapes } from '@modeldiet/ops';

type Dims = readonly number[];

export interface NodeFacts {
  /** Dims of the weight of a convolution, where the model fixes them. */
  readonly filter?: Dims;
  /** Constants it reads, also through a DequantizeLinear. */
  readonly weightBytes: number;
  /** Where the model's shapes fix them. */
  readonly macs?: number;
}

/** The input that is the filter. */
const filterAt: Readonly<Record<string, number>> = {
  Conv: 1,
  ConvTranspose: 1,
  ConvInteger: 1,
  QLinearConv: 3,
  'com.microsoft:FusedConv': 1,
  'com.microsoft:QLinearConv': 3,
};

/** Facts of the model's own nodes, by address. */
export function factsOf(model: Model): ReadonlyMap<string, NodeFacts> {
  const shapes = inferShapes(model);
  const known = new Map(costs(model).byNode.map((row) => [row.node, row] as const));
  const bytesOf = (node: Node | undefined): number => (node && known.get(keyOf(node))?.weightBytes) || 0;
  const filterOf = (node: Node): Dims | undefined => {
    const index = filterAt[opKey(node)];
    const value = index === undefined ? undefined : node.inputs[index];
    const type = value && shapes.of(value);
    const shape = type?.kind === 'tensor' ? type.shape : undefined;
    return shape?.every((dim) => typeof dim === 'number') ? (shape as Dims) : undefined;
  };
  const facts = new Map<string, NodeFacts>();
  for (const node of allNodes(model)) {
    const stored = new Set(node.inputs.flatMap((value) => (value?.producer && opKey(value.producer).endsWith('DequantizeLinear') ? [value.producer] : [])));
    const weightBytes = [...stored].reduce((sum, each) => sum + bytesOf(each), bytesOf(node));
    const macs = known.get(keyOf(node))?.macs;
    const filter = filterOf(node);
    facts.set(keyOf(node), { weightBytes, ...(filter && { filter }), ...(typeof macs === 'number' && macs > 0 && { macs }) });
  }
  return facts;
}
