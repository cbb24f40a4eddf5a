// IR version and opset imports: present, known, enough for what the model uses.
import type { Graph, Model } from '../ir/model';
import { allGraphs, nestedGraphs } from '../ir/walk';
import { newestOpset } from '../schema.generated';
import { atGraph, type Check, error, type Problem, warning } from './problem';

/** The newest IR of onnx.proto (onnx 1.23). */
const newestIr = 14;
/** The lowest IR that may import an opset of ai.onnx: the releases that brought them (onnx.helper.VERSION_TABLE of onnx 1.23). */
const irOfOpset: readonly (readonly [opset: number, ir: number])[] = [
  [1, 3],
  [9, 4],
  [10, 5],
  [11, 6],
  [12, 7],
  [15, 8],
  [19, 9],
  [21, 10],
  [23, 11],
  [24, 12],
  [25, 13],
  [28, 14],
];

function* checkIr(model: Model): Generator<Problem> {
  const { irVersion, opsets, functions } = model;
  if (!Number.isInteger(irVersion) || irVersion < 1) yield error('ir-version', {}, `the IR version is ${irVersion}; it is 1 or more`);
  else if (irVersion > newestIr) yield warning('ir-version', {}, `IR ${irVersion} is newer than ${newestIr}, the newest this library knows`);
  if (irVersion < 3 && opsets.size > 0) yield error('opset-import', {}, `IR ${irVersion} has no opset imports`);
  if (irVersion >= 3 && opsets.size === 0) yield error('opset-import', {}, 'the model imports no operator set');
  if (irVersion < 8 && functions.size > 0) yield error('ir-version', {}, `functions need IR 8 or later, this is IR ${irVersion}`);
  if (irVersion >= 4) return;
  for (const graph of allGraphs(model)) {
    const inputs = new Set(graph.inputs);
    for (const value of graph.initializers)
      if (!inputs.has(value))
        yield error('initializer-input', atGraph(graph, value.name), `before IR 4 an initializer is a graph input too; this is IR ${irVersion}`);
  }
}

function* checkImports(root: Graph): Generator<Problem> {
  const missing = new Set<string>();
  for (const graph of nestedGraphs(root))
    for (const { domain } of graph.nodes) {
      const standard = domain === '' || domain === 'ai.onnx';
      if (standard ? root.opsets.has('') || root.opsets.has('ai.onnx') : root.opsets.has(domain)) continue;
      if (!missing.has(domain)) yield error('opset-import', atGraph(root), `the domain '${domain || 'ai.onnx'}' is used and not imported`);
      missing.add(domain);
    }
  for (const [domain, version] of root.opsets) {
    const newest = newestOpset[domain === 'ai.onnx' ? '' : domain];
    if (!Number.isInteger(version) || version < 1)
      yield error('opset-import', atGraph(root), `opset ${version} of '${domain || 'ai.onnx'}': versions start at 1`);
    else if (newest !== undefined && version > newest && domain !== 'com.microsoft')
      yield warning(
        'opset-import',
        atGraph(root),
        `opset ${version} of '${domain || 'ai.onnx'}' is newer than ${newest}, the newest this library has schemas of`,
      );
  }
}

export const versions: Check = {
  name: 'versions',
  *run(model) {
    yield* checkIr(model);
    yield* checkImports(model.graph);
    for (const fn of model.functions.values()) yield* checkImports(fn);
    const opset = model.opsets.get('') ?? 0;
    const needed = irOfOpset.findLast(([since]) => since <= opset)?.[1] ?? 3;
    if (model.irVersion >= 3 && model.irVersion < needed)
      yield warning('ir-version', {}, `opset ${opset} came with IR ${needed}, the model says IR ${model.irVersion}; most runtimes accept it`);
  },
};
