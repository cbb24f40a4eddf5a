// What a target cannot run of a model, or runs elsewhere, node by node, by its table of facts. A kernel may still lack a type: only opening a session says that.
import { allNodes, functionKey, keyOf, type Model, opKey, type Skip } from '@modeldiet/onnx-io';
import type { Target } from './targets/target';

export function supportsOn(target: Target, model: Model): readonly Skip[] {
  const skips: Skip[] = [];
  const whole = (code: string, reason: string): void => void skips.push({ node: '', opType: '', code, reason });
  if (model.irVersion > target.maxIr) whole('runtime/model-too-new', `IR version ${model.irVersion}, ${target.name} reads up to ${target.maxIr}`);
  const opset = model.opsets.get('') ?? model.opsets.get('ai.onnx') ?? 0;
  if (opset > target.maxOpset) whole('runtime/model-too-new', `opset ${opset}, ${target.name} reads up to ${target.maxOpset}`);
  for (const node of allNodes(model)) {
    const op = opKey(node);
    const until = target.nativeUntil?.get(op) ?? Number.POSITIVE_INFINITY;
    if (
      (target.nativeOps.has(op) && (node.graph.opsets.get(node.domain) ?? 0) <= until) ||
      model.functions.has(functionKey(node.domain, node.opType, node.overload))
    )
      continue;
    const elsewhere = target.fallbackOps?.has(op) ?? false;
    const code = elsewhere ? 'runtime/falls-back' : 'runtime/no-kernel';
    skips.push({
      node: keyOf(node),
      opType: op,
      code,
      reason: elsewhere
        ? `${target.name} has no ${op}${Number.isFinite(until) ? ` above opset ${until}` : ''}: it runs on the CPU, behind copies`
        : `${target.name} has no ${op}`,
    });
  }
  return skips;
}
