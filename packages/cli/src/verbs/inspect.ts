// modeldiet inspect: what is in a file. Runs nothing and reads no weights.
import { definedValues, type Graph, graphAddress, type Model, nestedGraphs, printModel, summarize } from '@modeldiet/onnx-io';
import { type Costs, costs, inferShapes } from '@modeldiet/ops';
import { formatBytes, formatCount } from '@modeldiet/pipeline';
import type { Context, Outcome } from '../context';
import { nodeCount, type Opened, openModel } from '../run/open';
import type { Paint } from '../terminal/paint';
import { textTable } from '../terminal/table';
import type { Verb } from '../verb';
import { bindDims } from '../words/dims';
import { type DimsOption, withDims } from '../words/shared';
import { dimJson, dimsText, type NamedType, namedType } from '../words/type-text';

interface Options extends DimsOption {
  readonly shapes?: boolean;
  readonly costs?: boolean;
  readonly tree?: boolean;
}

const opsetName = (domain: string): string => domain || 'ai.onnx';

function facts({ path, model, bytes }: Opened) {
  const { parameters, bytes: weightBytes, bytesAs, opTypes } = summarize(model);
  const { graph } = model;
  return {
    file: path,
    bytes,
    irVersion: model.irVersion,
    opsets: Object.fromEntries([...model.opsets].map(([domain, version]) => [opsetName(domain), version])),
    parameters,
    weightBytes,
    bytesAs,
    nodes: nodeCount(model),
    opTypes,
    inputs: graph.inputs.filter((value) => value.initializer === undefined).map((value) => namedType(value.name, value.type)),
    outputs: graph.outputs.map((value) => namedType(value.name, value.type)),
  };
}
type Facts = ReturnType<typeof facts>;

/** Values of the main graph and its subgraphs, the latter under their graph's address. */
function shapesOf(model: Model, dims: Readonly<Record<string, number>>): NamedType[] {
  const shapes = inferShapes(model, { dims });
  const inGraph = (graph: Graph): NamedType[] =>
    [...definedValues(graph)].map((value) => namedType(graph.parent ? `${graphAddress(graph)}/${value.name}` : value.name, shapes.of(value) ?? value.type));
  return [...nestedGraphs(model.graph)].flatMap(inGraph);
}

const costsJson = ({ macs, peakActivationBytes, byNode }: Costs) => ({
  macs: dimJson(macs),
  peakActivationBytes: dimJson(peakActivationBytes),
  byNode: byNode.map((node) => ({ ...node, macs: dimJson(node.macs), activationBytes: dimJson(node.activationBytes) })),
});

const typeTable = (values: readonly NamedType[], paint: Paint): string =>
  textTable(
    [
      { title: 'name', align: 'left' },
      { title: 'dtype', align: 'left' },
      { title: 'dims', align: 'left' },
    ],
    values.map(({ name, dtype, dims }) => [name, dtype, dimsText(dims)]),
    paint,
  );

const amount = (value: number | string | null, unit: (n: number) => string): string => (typeof value === 'number' ? unit(value) : (value ?? 'unknown'));

function costsText({ macs, peakActivationBytes, byNode }: ReturnType<typeof costsJson>, paint: Paint): string {
  const dearest = byNode
    .filter(({ macs: own }) => own !== 0)
    .sort((a, b) => Number(b.macs) - Number(a.macs))
    .slice(0, 20);
  const lines = [`MACs              ${amount(macs, formatCount)}`, `peak activations  ${amount(peakActivationBytes, formatBytes)}`];
  if (!dearest.length) return lines.join('\n');
  const rows = dearest.map(({ node, opType, macs: own, weightBytes, activationBytes }) => [
    node,
    opType,
    amount(own, formatCount),
    formatBytes(weightBytes),
    amount(activationBytes, formatBytes),
  ]);
  const table = textTable(
    [{ title: 'node', align: 'left' }, { title: 'op', align: 'left' }, { title: 'MACs' }, { title: 'weights' }, { title: 'activations' }],
    rows,
    paint,
  );
  return [...lines, '', table].join('\n');
}

function summaryText(found: Facts, paint: Paint): string {
  const sizes = Object.entries(found.bytesAs).map(([format, bytes]) => `${formatBytes(bytes)} as ${format}`);
  const ops = Object.entries(found.opTypes)
    .sort(([, a], [, b]) => b - a)
    .map(([op, count]) => `${op} ${count}`);
  const opsets = Object.entries(found.opsets).map(([domain, version]) => `${domain} ${version}`);
  const rows: [string, string][] = [
    ['file', `${found.file}, ${formatCount(found.bytes)} bytes`],
    ['IR, opsets', `${found.irVersion}; ${opsets.join(', ')}`],
    ['parameters', formatCount(found.parameters)],
    ['weights', `${formatBytes(found.weightBytes)}; all of them would be ${sizes.join(', ')}`],
    ['nodes', `${found.nodes}: ${ops.join(', ')}`],
  ];
  const head = rows.map(([label, text]) => `${paint.dim(label.padEnd(12))}${text}`);
  return [...head, '', paint.bold('inputs'), typeTable(found.inputs, paint), '', paint.bold('outputs'), typeTable(found.outputs, paint)].join('\n');
}

async function run(context: Context, [path]: readonly string[], options: Options): Promise<Outcome> {
  const { paint } = context;
  const opened = await openModel(context, path!);
  const { model } = opened;
  const { bySymbol: dims } = bindDims(options.dims, model);
  const found = facts(opened);
  const values = options.shapes ? shapesOf(model, dims) : undefined;
  const cost = options.costs ? costsJson(costs(model, { dims })) : undefined;
  const tree = options.tree ? printModel(model) : undefined;
  const sections = [
    summaryText(found, paint),
    values && `${paint.bold('values')}\n${typeTable(values, paint)}`,
    cost && `${paint.bold('costs')}\n${costsText(cost, paint)}`,
    tree,
  ];
  return { json: { ...found, ...(values && { values }), ...cost, ...(tree !== undefined && { tree }) }, text: sections.filter(Boolean).join('\n\n') };
}

export const inspect: Verb = {
  name: 'inspect',
  summary: 'what is in a model: size, parameters, ops, inputs and outputs; runs nothing',
  examples: [
    { call: 'inspect model.onnx', says: 'the summary' },
    { call: 'inspect model.onnx --costs --dims batch=1,seq=128', says: 'multiply-accumulates and memory, node by node' },
    { call: 'inspect model.onnx --shapes --json', says: 'every value with its inferred shape, for scripts' },
  ],
  define: (command) =>
    void withDims(command.argument('<model>', 'an ONNX file'))
      .option('--shapes', 'every value with its inferred shape')
      .option('--costs', 'multiply-accumulates, peak activation memory, and both by node')
      .option('--tree', 'the graph as text, node by node'),
  run: (context, command) => run(context, command.args, command.opts<Options>()),
};
