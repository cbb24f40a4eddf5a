// For tests: everything that edit.ts promises, recomputed from nothing but the nodes and the lists of each graph. Returns what is wrong.
import type { Graph, Model, Node, Use, Value } from './model';

const graphsIn = (node: Node): Graph[] =>
  [...node.attributes.values()].flatMap((a) => (a.kind === 'graph' ? [a.value] : a.kind === 'graphs' ? [...a.value] : []));

export function brokenInvariants(model: Model): string[] {
  const wrong: string[] = [];
  const say = (condition: boolean, what: string): void => {
    if (!condition) wrong.push(what);
  };
  const uses = new Map<Value, Map<Node, Set<number>>>();
  const all: Value[] = [];
  const visit = (graph: Graph, visible: ReadonlyMap<string, Value>, parent: Node | undefined): void => {
    say(graph.model === model, `${graph.name}: another model`);
    say(graph.parent === parent, `${graph.name}: parent`);
    const own = [...new Set([...graph.inputs, ...graph.initializers, ...[...graph.nodes].flatMap((node) => node.outputs.filter((v) => v !== undefined))])];
    const names = new Map(visible);
    for (const value of own) {
      say(value.graph === graph, `${value.name}: graph`);
      say(!names.has(value.name), `${value.name}: name is visible twice`);
      names.set(value.name, value);
      say(graph.initializers.has(value) === (value.initializer !== undefined), `${value.name}: initializer`);
      all.push(value);
    }
    const seen = new Set(names.values());
    for (const node of graph.nodes) {
      say(node.graph === graph, `${node.name}: graph`);
      for (const [index, value] of node.inputs.entries()) {
        if (!value) continue;
        say(seen.has(value), `${node.name}: reads '${value.name}', which it cannot see`);
        const byNode = uses.get(value) ?? new Map<Node, Set<number>>();
        uses.set(value, byNode.set(node, (byNode.get(node) ?? new Set()).add(index)));
      }
      for (const value of node.outputs) say(!value || value.producer === node, `${node.name}: producer of '${value?.name}'`);
      for (const sub of graphsIn(node)) visit(sub, names, node);
    }
    for (const value of graph.outputs) say(seen.has(value), `${graph.name}: puts out '${value.name}', which it cannot see`);
  };
  visit(model.graph, new Map(), undefined);
  for (const fn of model.functions.values()) visit(fn, new Map(), undefined);
  for (const value of all) {
    const expected = uses.get(value) ?? new Map<Node, Set<number>>();
    const count = [...expected.values()].reduce((n, indices) => n + indices.size, 0);
    say(value.uses.size === count, `${value.name}: ${value.uses.size} uses, ${count} found`);
    for (const { node, index } of value.uses as ReadonlySet<Use>)
      say(expected.get(node)?.has(index) ?? false, `${value.name}: a use by '${node.name}' that is not there`);
    if (value.producer) say(value.graph.nodes.has(value.producer), `${value.name}: its producer is gone`);
  }
  return wrong;
}
