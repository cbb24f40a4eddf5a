import { isModelDietError } from '@modeldiet/numfmt';
import { expect, test } from 'vitest';
import { graphBuilder } from './build/graph-builder';
import * as edit from './ir/edit';
import type { Model } from './ir/model';
import { keyOf } from './ir/names';
import { orderedNodes } from './ir/order';
import { type Pass, transform } from './transform';

function chain(): Model {
  const g = graphBuilder();
  const x = g.input('x', 'float32', [2]);
  const a = g.op('Relu', [x], undefined, { name: 'layer1/relu' });
  const b = g.op('Neg', [a], undefined, { name: 'layer1/neg' });
  g.output(g.op('Relu', [b], undefined, { name: 'layer2/relu' }), 'y');
  return g.model();
}
/** Turns each selected Relu into an Abs. */
const toAbs: Pass = (draft) => {
  let count = 0;
  for (const node of draft.model.graph.nodes) {
    if (node.opType !== 'Relu') continue;
    if (!draft.selects(node)) continue;
    edit.setOpType(node, 'Abs');
    draft.change(node, 'is an Abs now');
    count++;
  }
  return count;
};
const codeOf = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run;
  } catch (e) {
    if (isModelDietError(e)) return e.code;
    throw e;
  }
  return 'no error';
};

test('pure: the model stays, the copy changes, the report names nodes as the original has them', async () => {
  const model = chain();
  const { model: out, report } = await transform('toAbs', model, {}, toAbs);
  expect(orderedNodes(model.graph).map(({ opType }) => opType)).toEqual(['Relu', 'Neg', 'Relu']);
  expect(orderedNodes(out.graph).map(({ opType }) => opType)).toEqual(['Abs', 'Neg', 'Abs']);
  expect(report).toEqual({
    transform: 'toAbs',
    options: {},
    changed: [
      { node: 'layer1/relu', opType: 'Relu', what: 'is an Abs now' },
      { node: 'layer2/relu', opType: 'Relu', what: 'is an Abs now' },
    ],
    skipped: [],
    warnings: [],
  });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('a node that is gone is named as it was', async () => {
  const { report } = await transform('drop', chain(), {}, (draft) => {
    const node = [...draft.model.graph.nodes][1]!;
    edit.replaceValue(node.outputs[0]!, node.inputs[0]!);
    edit.removeNode(node);
    draft.change(node, 'removed');
    const made = edit.addNode(draft.model.graph, { opType: 'Abs', name: 'made', inputs: [draft.model.graph.inputs[0]] });
    draft.skip(made, 'simplify/x', 'because');
    return 1;
  });
  expect(report.changed).toEqual([{ node: 'layer1/neg', opType: 'Neg', what: 'removed' }]);
  expect(report.skipped).toEqual([{ node: 'made', opType: 'Abs', code: 'simplify/x', reason: 'because' }]);
});

test('include and exclude: addresses, op types, expressions; what matched is said', async () => {
  const run = async (options: object) => (await transform('toAbs', chain(), options, toAbs)).report;
  expect((await run({ include: ['layer1/relu'] })).changed).toHaveLength(1);
  const byOp = await run({ include: ['Relu'] });
  expect([byOp.changed.length, byOp.matched]).toEqual([2, ['layer1/relu', 'layer2/relu']]);
  const sticky = await run({ include: [/^LAYER2/gi], exclude: ['Neg'] });
  expect([sticky.matched, sticky.options]).toEqual([['layer2/relu'], { include: ['/^LAYER2/gi'], exclude: ['Neg'] }]);
  expect((await run({ exclude: [/layer1/] })).changed).toEqual([{ node: 'layer2/relu', opType: 'Relu', what: 'is an Abs now' }]);
  expect(await codeOf(run({ include: ['layer9'] }))).toBe('onnx-io/no-match');
  expect(await codeOf(run({ exclude: [/nothing/] }))).toBe('onnx-io/no-match');
});

test('an empty result is an error that says why, unless allowed', async () => {
  const skipAll: Pass = (draft) => {
    for (const node of draft.model.graph.nodes) draft.skip(node, 't/no', 'not today');
    return 0;
  };
  await expect(transform('t', chain(), {}, skipAll)).rejects.toThrow(/t changed nothing.*3 nodes left as they were: not today/);
  expect(await codeOf(transform('t', chain(), {}, () => 0))).toBe('onnx-io/nothing-changed');
  const { report } = await transform('t', chain(), { allowEmpty: true }, skipAll);
  expect([report.changed.length, report.skipped.length, report.options]).toEqual([0, 3, { allowEmpty: true }]);
});

test('warnings go to the caller and the report; an abort rejects with its reason', async () => {
  const heard: string[] = [];
  const { report } = await transform('t', chain(), { onWarning: (w) => heard.push(w.code) }, (draft, work) => {
    draft.warn({ code: 'a', message: 'a', where: {} });
    work.onWarning?.({ code: 'b', message: 'b', where: {} });
    return 1;
  });
  expect([heard, report.warnings.map(({ code }) => code)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  await expect(transform('t', chain(), { signal: AbortSignal.abort('stop') }, toAbs)).rejects.toBe('stop');
  const controller = new AbortController();
  const late: Pass = () => {
    controller.abort('late');
    return 1;
  };
  await expect(transform('t', chain(), { signal: controller.signal }, late)).rejects.toBe('late');
});

test('nodes that a pass makes are selected', async () => {
  await transform('t', chain(), { include: ['Neg'] }, (draft) => {
    const made = edit.addNode(draft.model.graph, { opType: 'Abs', inputs: [draft.model.graph.inputs[0]] });
    expect(draft.selects(made)).toBe(true);
    expect([...draft.model.graph.nodes].map((node) => [keyOf(node), draft.selects(node)]).slice(0, 3)).toEqual([
      ['layer1/relu', false],
      ['layer1/neg', true],
      ['layer2/relu', false],
    ]);
    return 1;
  });
});
