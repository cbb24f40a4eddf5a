// simplify on the node cases of onnx: the simplified model gives what the case expects, wherever the model as it is does. Expanded cases are functions written out in dozens of nodes: rich ground for rules.
import { allNodes, checkModel, type Model } from '@modeldiet/onnx-io';
import { type Datum, interpret } from '@modeldiet/ops/reference';
import { simplify } from '@modeldiet/simplify';
import { expect, it } from 'vitest';
import { datumFrom, type NodeCase, nodeCases } from './ops-cases';
import { difference } from './ops-compare';

async function wrong({ sets }: NodeCase, model: Model): Promise<string | undefined> {
  const { graph } = model;
  for (const set of sets) {
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
}

/** True where the case gives what it expects; false where it cannot run (no kernel, random numbers) or deviates as documented. */
async function runs(each: NodeCase, model: Model): Promise<boolean> {
  try {
    return (await wrong(each, model)) === undefined;
  } catch {
    return false;
  }
}

const count = (model: Model): number => [...allNodes(model)].length;

async function complaint(each: NodeCase, model: Model, out: Model): Promise<string | undefined> {
  const problem = checkModel(out).find(({ severity }) => severity === 'error');
  if (problem) return problem.message;
  if (count(out) > count(model)) return `${count(model)} -> ${count(out)} nodes`;
  if (await runs(each, out)) return undefined;
  return (await runs(each, model)) ? 'runs as it is, not simplified' : undefined;
}

it('every node case that runs as it is runs simplified', { timeout: 240_000 }, async () => {
  const failures: string[] = [];
  let [changed, before, after] = [0, 0, 0];
  for (const each of nodeCases()) {
    const model = await each.model();
    const { model: out, report } = await simplify(model);
    if (report.changed.length === 0) continue;
    changed++;
    before += count(model);
    after += count(out);
    const found = await complaint(each, model, out);
    if (found) failures.push(`${each.name}: ${found}`);
  }
  expect(failures).toEqual([]);
  expect([changed > 300, after < before / 2]).toEqual([true, true]);
});
