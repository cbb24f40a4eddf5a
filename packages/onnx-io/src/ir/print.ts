// A model as text that a person can read: one node a line, producers first, subgraphs indented, types where they are known.

import type { Constant, Tensor } from '@modeldiet/tensor';
import type { Attribute, Dim, Graph, Model, Node, Value, ValueType } from './model';
import { opKey } from './names';
import { orderedNodes } from './order';
import { requireModel } from './require-model';
import { graphsOf } from './walk';

export interface PrintOptions {
  /** Types to print, such as the ones `inferShapes` finds: `(value) => shapes.of(value)`. Default: those of the file. */
  readonly typeOf?: (value: Value) => ValueType | undefined;
  /** How many numbers of a small constant or list to show. Default 8. */
  readonly items?: number;
}

const shapeText = (shape: readonly Dim[] | undefined): string => (shape ? `[${shape.join(', ')}]` : '');

/** 'float32[batch, 64]', 'seq(map(int64, float32))', '?' for an unknown type. */
export function typeText(type: ValueType | undefined): string {
  switch (type?.kind) {
    case 'tensor':
      return `${type.dtype ?? '?'}${shapeText(type.shape)}`;
    case 'sparse':
      return `sparse(${type.dtype ?? '?'}${shapeText(type.shape)})`;
    case 'sequence':
      return `seq(${typeText(type.element)})`;
    case 'optional':
      return `optional(${typeText(type.element)})`;
    case 'map':
      return `map(${type.key}, ${typeText(type.element)})`;
    default:
      return type?.kind ?? '?';
  }
}

// Names are printed as they are, quoted where a reader could not tell where they end.
const nameText = (name: string): string => (/^[^\s,(){}=:"]+$/.test(name) ? name : JSON.stringify(name));

const listText = (items: readonly unknown[], most: number): string =>
  `[${items.slice(0, most).join(', ')}${items.length > most ? `, ... ${items.length}` : ''}]`;

// Numbers of types that are stored as numbers; codes (float16, int4, ...) would not be what they say.
const plain = /^(float32|float64|u?int(8|16|32|64)|bool|string)$/;

function tensorText(tensor: Tensor, most: number): string {
  const items = Array.from<unknown>(tensor.data).map((x) =>
    typeof x === 'string' ? JSON.stringify(x) : typeof x === 'number' ? Number(x.toPrecision(7)) : String(x),
  );
  return tensor.dims.length === 0 ? String(items[0]) : listText(items, most);
}

function constantText(constant: Constant, most: number): string {
  if (constant.type === 'sparse') return `sparse(${constant.values.type}[${constant.dims.join(', ')}])`;
  if (constant.type === 'opaque') return `type ${constant.dataType}[${constant.dims.join(', ')}]`;
  const type = `${constant.type}[${constant.dims.join(', ')}]`;
  const small = 'data' in constant && plain.test(constant.type) && constant.dims.length < 2 && constant.data.length <= most;
  return small ? `${constant.type} ${tensorText(constant, most)}` : type;
}

function attributeText(attribute: Attribute, most: number): string {
  const text = (bytes: Uint8Array): string => JSON.stringify(new TextDecoder().decode(bytes));
  switch (attribute.kind) {
    case 'int':
      return String(attribute.value);
    case 'float':
      return String(Number(attribute.value.toPrecision(7)));
    case 'ints':
      return listText(attribute.value, most);
    case 'floats':
      return listText(
        attribute.value.map((x) => Number(x.toPrecision(7))),
        most,
      );
    case 'string':
      return text(attribute.value);
    case 'strings':
      return listText(attribute.value.map(text), most);
    case 'tensor':
      return constantText(attribute.value, most);
    case 'tensors':
      return listText(
        attribute.value.map((constant) => constantText(constant, most)),
        most,
      );
    case 'type':
      return typeText(attribute.value);
    case 'types':
      return listText(attribute.value.map(typeText), most);
    case 'ref':
      return `the call's ${attribute.value.name}`;
    case 'graph':
    case 'graphs':
      return `${graphsOf(attribute).length} below`;
    case 'other':
      return `${attribute.value.byteLength} bytes`;
  }
}

interface Printer {
  readonly typeOf: (value: Value) => ValueType | undefined;
  readonly most: number;
  readonly lines: string[];
}

function valueText(value: Value | undefined, { typeOf, most }: Printer, typed: boolean): string {
  if (!value) return '-';
  const name = nameText(value.name);
  if (value.initializer) return `${name}: ${constantText(value.initializer, most)}`;
  const type = typed ? typeOf(value) : undefined;
  return type ? `${name}: ${typeText(type)}` : name;
}

function nodeLine(node: Node, printer: Printer): string {
  const outputs = node.outputs.map((value) => valueText(value, printer, true)).join(', ');
  const inputs = node.inputs.map((value) => valueText(value, printer, false)).join(', ');
  const attributes = [...node.attributes]
    .filter(([, attribute]) => graphsOf(attribute).length === 0)
    .map(([name, attribute]) => `${name}: ${attributeText(attribute, printer.most)}`);
  const op = `${opKey(node)}${node.overload && `:${node.overload}`}(${inputs})`;
  return `${outputs ? `${outputs} = ` : ''}${op}${attributes.length ? ` {${attributes.join(', ')}}` : ''}${node.name ? `  # ${node.name}` : ''}`;
}

function nodesOf(graph: Graph): { readonly nodes: Iterable<Node>; readonly note: string } {
  try {
    return { nodes: orderedNodes(graph), note: '' };
  } catch {
    return { nodes: graph.nodes, note: ' (with a cycle: in the order of the file)' };
  }
}

function printGraph(graph: Graph, title: string, depth: number, printer: Printer): void {
  const { nodes, note } = nodesOf(graph);
  const indent = '  '.repeat(depth);
  const list = (values: readonly Value[]): string => values.map((value) => valueText(value, printer, true)).join(', ');
  printer.lines.push(`${indent}${title}(${list(graph.inputs)}) -> (${list(graph.outputs)})${note}`);
  if (graph.doc) printer.lines.push(...graph.doc.split('\n').map((line) => `${indent}  "${line}"`));
  for (const node of nodes) {
    printer.lines.push(`${indent}  ${nodeLine(node, printer)}`);
    for (const [name, attribute] of node.attributes)
      graphsOf(attribute).forEach((sub, i, all) => {
        printGraph(sub, all.length > 1 ? `${name}.${i}` : name, depth + 2, printer);
      });
  }
}

/**
 * The model as text: a header, the main graph, its functions.
 *
 * ```
 * IR 10, ai.onnx 21, made by modeldiet
 * graph main(x: float32[batch, 64]) -> (logits: float32[batch, 10])
 *   logits: float32[batch, 10] = MatMul(x, w: float32[64, 10])  # MatMul_logits
 * ```
 */
export function printModel(model: Model, options: PrintOptions = {}): string {
  requireModel(model);
  const { typeOf = (value: Value) => value.type, items = 8 } = options;
  const printer: Printer = { typeOf, most: items, lines: [] };
  const opsets = [...model.opsets].map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`);
  const { name, version } = model.producer;
  printer.lines.push([`IR ${model.irVersion}`, ...opsets, ...(name ? [`made by ${name}${version && ` ${version}`}`] : [])].join(', '));
  printGraph(model.graph, `graph ${nameText(model.graph.name)}`, 0, printer);
  for (const [key, fn] of model.functions) {
    const attributes = [...fn.attributes].map(([attribute, initial]) => (initial ? `${attribute}: ${attributeText(initial, items)}` : attribute));
    printGraph(fn, `function ${key}${attributes.length ? ` {${attributes.join(', ')}}` : ''}`, 0, printer);
  }
  return printer.lines.join('\n');
}
