// The reference interpreter against the node test cases of onnx 1.23.2: every case whose ops have kernels.
import { allNodes, functionKey, opKey } from '@modeldiet/onnx-io';
import { type Datum, interpret, kernels } from '@modeldiet/ops/reference';
import { expect, it } from 'vitest';
import { datumFrom, type NodeCase, nodeCases } from './ops-cases';
import { difference } from './ops-compare';

/** Cases that cannot agree, with the reason. A case that agrees must not be listed. */
const deviations: Readonly<Record<string, string>> = {
  test_bernoulli: 'random numbers of another generator',
  test_bernoulli_double: 'random numbers of another generator',
  test_bernoulli_double_expanded: 'random numbers of another generator',
  test_bernoulli_expanded: 'random numbers of another generator',
  test_bernoulli_seed: 'random numbers of another generator',
  test_bernoulli_seed_expanded: 'random numbers of another generator',
  test_training_dropout: 'random numbers of another generator',
  test_training_dropout_default: 'random numbers of another generator',
  test_training_dropout_default_mask: 'random numbers of another generator',
  test_training_dropout_mask: 'random numbers of another generator',
  test_resize_downsample_scales_cubic_align_corners: 'the case divides by extent * scale, the text and ONNX Runtime by the resized length',
  test_resize_downsample_scales_linear_align_corners: 'the case divides by extent * scale, the text and ONNX Runtime by the resized length',
};

async function outcome(each: NodeCase): Promise<'no kernel' | string | undefined> {
  const model = await each.model();
  for (const node of allNodes(model)) {
    const key = opKey(node);
    if (key !== 'Constant' && !kernels[key] && !model.functions.has(functionKey(node.domain, node.opType, node.overload))) return 'no kernel';
  }
  const { graph } = model;
  try {
    for (const set of each.sets) {
      const feeds: Record<string, Datum> = {};
      for (const [i, value] of graph.inputs.entries()) feeds[value.name] = set.inputs[i] ? await datumFrom(set.inputs[i], value.type) : null;
      const results = interpret(graph, feeds);
      for (const [i, bytes] of set.outputs.entries()) {
        const value = graph.outputs[i]!;
        const found = difference(results[value.name]!, await datumFrom(bytes, value.type));
        if (found) return `${value.name}: ${found}`;
      }
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it('agrees with the node cases of every op it has', { timeout: 240_000 }, async () => {
  const failures: string[] = [];
  let [ran, deviating] = [0, 0];
  const agreeing: string[] = [];
  for (const each of nodeCases()) {
    const found = await outcome(each);
    if (found === 'no kernel') continue;
    ran++;
    if (found === undefined) agreeing.push(each.name);
    else if (deviations[each.name]) deviating++;
    else failures.push(`${each.name}: ${found}`);
  }
  expect(failures).toEqual([]);
  expect(agreeing.filter((name) => deviations[name])).toEqual([]);
  expect(ran).toBeGreaterThan(1870);
  expect(agreeing.length / ran).toBeGreaterThan(0.98);
  expect(deviating).toBe(Object.keys(deviations).length);
});
