// raiseOpset, before and after: models and small graphs in ONNX Runtime, node cases in the reference interpreter.
import { allNodes, attr, edit, functionKey, type GraphBuilder, graphBuilder, keyOf, type Model, opKey } from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import { type Datum, interpret, kernels } from '@modeldiet/ops/reference';
import { random, type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { datumFrom, type NodeCase, nodeCases } from './ops-cases';
import { difference } from './ops-compare';
import { feedsFor, runInOrt, type Seen, testModels } from './ops-models';

/** The newest opset that onnxruntime-node 1.30 takes. */
const newestOfOrt = 26;

function worst(a: Readonly<Record<string, Seen>>, b: Readonly<Record<string, Seen>>): number {
  let most = 0;
  for (const [name, { data, dims, dtype }] of Object.entries(a)) {
    const other = b[name]!;
    expect([name, other.dtype, other.dims]).toEqual([name, dtype, dims]);
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [Number(data[i]), Number(other.data[i])];
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) most = Math.max(most, Math.abs(x - y));
    }
  }
  return most;
}

describe('models give the same outputs', () => {
  it.each(testModels.map(({ name, ...rest }) => [name, rest] as const))('%s', async (_, { load, dims }) => {
    const model = await load();
    const feeds = feedsFor(model, dims(model));
    const fetches = model.graph.outputs.filter(({ type }) => type?.kind === 'tensor').map(({ name }) => name);
    const before = await runInOrt(model, feeds, fetches);
    for (const opset of [13, 21, newestOfOrt]) {
      if (model.opsets.get('')! >= opset) continue;
      const { model: raised, report } = await raiseOpset(model, opset);
      expect(raised.opsets.get('')).toBe(opset);
      expect(report.changed.every(({ node, what }) => node !== '' && what !== '')).toBe(true);
      // One ReduceMean kernel of ONNX Runtime adds up in another order from opset 18 on.
      expect(worst(before, await runInOrt(raised, feeds, fetches))).toBeLessThan(2e-6);
    }
  });
});

const floats = (dims: readonly number[], seed = 'x'): Tensor => {
  const r = random(seed);
  return tensor(
    'float32',
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => r.normal() * 3),
    dims,
  );
};

interface Small {
  readonly opset: number;
  /** The newest opset that ONNX Runtime has this op at. */
  readonly last?: number;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly write: (g: GraphBuilder, input: (name: string) => ReturnType<GraphBuilder['input']>) => void;
}
const one = (opset: number, dims: readonly number[], op: string, attributes: Record<string, number | readonly number[] | string>, outputs = 1): Small => ({
  opset,
  feeds: { x: floats(dims) },
  write: (g, input) => {
    const made = g.op(op, [input('x')], attributes, { outputs });
    for (const [i, value] of made.entries()) g.output(value, `y${i}`);
  },
});

/** Every step on graphs small enough to see through. */
const small: Readonly<Record<string, Small>> = {
  'Clip with both bounds': one(7, [2, 3], 'Clip', { min: -1, max: 1.5 }),
  'Clip with one bound': one(10, [2, 3], 'Clip', { max: 0.5 }),
  'Clip without bounds': one(7, [2, 3], 'Clip', {}),
  'Slice with axes': one(9, [3, 4, 5], 'Slice', { starts: [0, -3], ends: [2, 100], axes: [1, 2] }),
  'Slice without axes': one(7, [3, 4], 'Slice', { starts: [1, 0], ends: [3, -1] }),
  'Squeeze with axes': one(11, [1, 3, 1], 'Squeeze', { axes: [-1] }),
  'Squeeze without axes': one(9, [1, 3, 1], 'Squeeze', {}),
  Unsqueeze: one(9, [3], 'Unsqueeze', { axes: [0, 2] }),
  'Softmax over the last axis': one(9, [2, 3], 'Softmax', {}),
  'Softmax over axes that become one': one(9, [2, 3, 4], 'Softmax', { axis: 1 }),
  'Softmax over a trailing 1': one(11, [2, 3, 1, 1], 'Softmax', { axis: 1 }),
  'Softmax from the end': one(12, [2, 3, 4], 'Softmax', { axis: -1 }),
  'LogSoftmax over all axes': one(12, [2, 3], 'LogSoftmax', { axis: 0 }),
  Hardmax: one(9, [2, 3, 2], 'Hardmax', {}),
  'Pad with a value': one(9, [2, 3], 'Pad', { pads: [0, 1, 2, 0], value: 2.5 }),
  'Pad at the edge': one(7, [2, 3], 'Pad', { pads: [1, 1, 0, 2], mode: 'edge' }),
  'Upsample by an attribute': one(7, [1, 1, 2, 3], 'Upsample', { scales: [1, 1, 2, 3], mode: 'nearest' }),
  'Upsample linearly': one(7, [1, 1, 2, 3], 'Upsample', { scales: [1, 1, 2, 2], mode: 'linear' }),
  'ReduceSum with axes': one(11, [2, 3, 4], 'ReduceSum', { axes: [-1, 0], keepdims: 0 }),
  'ReduceSum without axes': one(9, [2, 3], 'ReduceSum', {}),
  'ReduceMean with axes': one(13, [2, 3, 4], 'ReduceMean', { axes: [1] }),
  'ReduceMax without axes': one(12, [2, 3], 'ReduceMax', { keepdims: 0 }),
  ReduceL2: one(11, [2, 3], 'ReduceL2', { axes: [1] }),
  'Split in parts': one(11, [2, 6], 'Split', { axis: 1, split: [1, 2, 3] }, 3),
  'Split in equal parts': one(9, [4, 3], 'Split', {}, 2),
  TopK: one(9, [3, 5], 'TopK', { k: 2, axis: 1 }, 2),
  Dropout: one(7, [3, 5], 'Dropout', { ratio: 0.3 }),
  'Dropout at 10': one(10, [3, 5], 'Dropout', {}),
  'BatchNormalization with spatial': {
    opset: 7,
    feeds: { x: floats([2, 3, 2, 2]) },
    write: (g, input) => {
      const c = (name: string, values: number[]) => g.constant(name, values);
      g.output(g.op('BatchNormalization', [input('x'), c('s', [1, 2, 3]), c('b', [0, 1, 2]), c('m', [0.5, 0, 1]), c('v', [1, 2, 4])], { spatial: 1 }), 'y');
    },
  },
  'Resize by scales': {
    opset: 10,
    feeds: { x: floats([1, 1, 4, 4]) },
    write: (g, input) => g.output(g.op('Resize', [input('x'), g.constant('scales', [1, 1, 2, 0.5])], { mode: 'nearest' }), 'y'),
  },
  'Resize that shrinks': {
    opset: 10,
    feeds: { x: floats([1, 1, 5, 7]) },
    write: (g, input) => g.output(g.op('Resize', [input('x'), g.constant('scales', [1, 1, 0.6, 0.6])], { mode: 'nearest' }), 'y'),
  },
  'Resize that enlarges, linear': {
    opset: 10,
    feeds: { x: floats([1, 1, 3, 4]) },
    write: (g, input) => g.output(g.op('Resize', [input('x'), g.constant('scales', [1, 1, 1.5, 2])], { mode: 'linear' }), 'y'),
  },
  'Resize with empty scales and sizes': {
    opset: 11,
    feeds: { x: floats([1, 1, 3, 4]) },
    write: (g, input) =>
      g.output(
        g.op(
          'Resize',
          [
            input('x'),
            g.constant('roi', tensor('float32', new Float32Array(0))),
            g.constant('none', tensor('float32', new Float32Array(0))),
            g.constant('sizes', [1n, 1n, 6n, 4n]),
          ],
          {
            mode: 'nearest',
          },
        ),
        'y',
      ),
  },
  Scatter: {
    opset: 9,
    feeds: { x: floats([1, 5]), u: floats([1, 2], 'u') },
    write: (g, input) =>
      g.output(g.op('Scatter', [input('x'), g.constant('i', tensor('int64', BigInt64Array.of(1n, 3n), [1, 2])), input('u')], { axis: 1 }), 'y'),
  },
  'RoiAlign of 10': {
    opset: 10,
    last: 21,
    feeds: { x: floats([1, 2, 6, 6]) },
    write: (g, input) =>
      g.output(
        g.op('RoiAlign', [input('x'), g.constant('rois', tensor('float32', Float32Array.of(0, 0, 4, 3), [1, 4])), g.constant('b', [0n])], {
          output_height: 2,
          output_width: 2,
          sampling_ratio: 2,
        }),
        'y',
      ),
  },
  'GridSample of 16': {
    opset: 16,
    feeds: { x: floats([1, 1, 4, 4]), grid: tensor('float32', Float32Array.of(-0.5, 0.3, 0.9, -0.2, 0, 0, 0.4, 0.4), [1, 2, 2, 2]) },
    write: (g, input) => g.output(g.op('GridSample', [input('x'), input('grid')], { mode: 'bicubic' }), 'y'),
  },
  'DFT of 17': {
    opset: 17,
    feeds: { x: floats([1, 8, 1]) },
    write: (g, input) => g.output(g.op('DFT', [input('x')], { axis: 1 }), 'y'),
  },
  'steps in the branches of an If': {
    opset: 9,
    feeds: { x: floats([2, 3]), c: tensor('bool', Uint8Array.of(1), []) },
    write: (g, input) => {
      const x = input('x');
      g.output(
        g.op('If', [input('c')], {
          then_branch: g.subgraph('then', (b) => b.op('Clip', [b.op('Slice', [x], { starts: [0], ends: [1] })], { min: 0 })),
          else_branch: g.subgraph('else', (b) => b.op('Slice', [x], { starts: [1], ends: [2] })),
        }),
        'y',
      );
    },
  },
  'steps in a function': {
    opset: 13,
    feeds: { x: floats([2, 3]) },
    write: (g, input) => {
      g.function({ domain: 'local', name: 'Mean', inputs: ['a'], attributes: { axes: undefined } }, (b, a) =>
        b.op('ReduceMean', [a!], { axes: attr.ref('axes', 'ints'), keepdims: 0 }),
      );
      g.output(g.op('local:Mean', [input('x')], { axes: [1] }), 'y');
    },
  },
};

function build({ opset, feeds, write }: Small): Model {
  const g = graphBuilder({ opset, irVersion: opset < 9 ? 3 : 8 });
  write(g, (name) => g.input(name, feeds[name]!.type, feeds[name]!.dims));
  return g.model();
}

describe('steps give the same outputs', () => {
  it.each(Object.entries(small))('%s', async (_, each) => {
    const model = build(each);
    const before = await runInOrt(model, each.feeds);
    for (const opset of [13, 18, 21, newestOfOrt]) {
      if (opset <= each.opset || opset > (each.last ?? opset)) continue;
      const { model: raised } = await raiseOpset(model, opset);
      expect(worst(before, await runInOrt(raised, each.feeds))).toBeLessThan(1e-6);
    }
  });

  it('GroupNormalization of 18, which ONNX Runtime has not', async () => {
    const g = graphBuilder({ opset: 21 });
    const x = g.input('x', 'float32', ['batch', 4, 3]);
    g.output(g.op('GroupNormalization', [x, g.constant('s', [1, 2]), g.constant('b', [0, 1])], { num_groups: 2 }), 'y');
    edit.setOpset(g.model(), '', 18);
    const feeds = { x: floats([2, 4, 3]) };
    const { model: raised } = await raiseOpset(g.model(), 21);
    const [before, after] = [interpret(g.model().graph, feeds), interpret(raised.graph, feeds)];
    expect(difference(after.y!, before.y!)).toBeUndefined();
    expect([...raised.graph.nodes].filter(({ opType }) => opType === 'Expand')).toHaveLength(2);
  });
});

const hasKernels = (model: Model): boolean =>
  [...allNodes(model)].every(
    (node) => opKey(node) === 'Constant' || kernels[opKey(node)] || model.functions.has(functionKey(node.domain, node.opType, node.overload)),
  );

/** The first difference of a case's expected outputs, run as `model`. */
async function differs({ sets }: NodeCase, original: Model, model: Model): Promise<string | undefined> {
  for (const set of sets) {
    const feeds: Record<string, Datum> = {};
    for (const [i, value] of original.graph.inputs.entries()) feeds[value.name] = set.inputs[i] ? await datumFrom(set.inputs[i], value.type) : null;
    const results = interpret(model.graph, feeds);
    for (const [i, bytes] of set.outputs.entries()) {
      const { name, type } = original.graph.outputs[i]!;
      const found = difference(results[name]!, await datumFrom(bytes, type));
      if (found) return `${name}: ${found}`;
    }
  }
  return undefined;
}

it('node cases keep their expected outputs at the newest opset', { timeout: 240_000 }, async () => {
  const refused: string[] = [];
  const failures: string[] = [];
  let raisedCases = 0;
  for (const each of nodeCases()) {
    const model = await each.model();
    const opset = model.opsets.get('');
    if (opset === undefined || opset >= 28 || !hasKernels(model)) continue;
    const agrees = await differs(each, model, model).catch(() => 'fails');
    if (agrees) continue;
    const raised = await raiseOpset(model, 28).catch((error: { readonly code?: string }) => error.code);
    if (typeof raised === 'string') refused.push(`${each.name} ${raised}`);
    else {
      const found = await differs(each, model, raised!.model).catch((error) => String(error));
      raisedCases++;
      if (found) failures.push(`${each.name}: ${found}`);
    }
  }
  expect(failures).toEqual([]);
  expect(refused).toEqual(['test_scan_sum ops/no-conversion']);
  expect(raisedCases).toBeGreaterThan(1400);
});

describe('refusals', () => {
  const refusal = async (model: Model, opset: number): Promise<{ code: string; where: object; message: string }> =>
    raiseOpset(model, opset).then(
      () => ({ code: 'none', where: {}, message: '' }),
      (e) => e,
    );

  it('names the node whose op has no step', async () => {
    const g = graphBuilder({ opset: 8, irVersion: 3 });
    const x = g.input('x', 'float32', [2, 3, 4]);
    const body = g.subgraph('body', (b) => {
      const s = b.input('s', 'float32', [4]);
      const e = b.input('e', 'float32', [4]);
      const sum = b.op('Add', [s, e]);
      return [sum, b.op('Identity', [sum])];
    });
    const outputs = g.op('Scan', [undefined, g.input('s0', 'float32', [2, 4]), x], { body, num_scan_inputs: 1 }, { outputs: 2, name: 'scan' });
    g.output(outputs[1]!, 'y');
    const error = await refusal(g.model(), 9);
    expect(error.code).toBe('ops/no-conversion');
    expect(error.where).toEqual({ node: 'scan', opType: 'Scan' });
  });

  it('says why a step cannot keep the meaning', async () => {
    const mixed = graphBuilder({ opset: 10 });
    mixed.output(
      mixed.op('Resize', [mixed.input('x', 'float32', [1, 1, 4, 4]), mixed.constant('s', [1, 1, 0.7, 1.3])], { mode: 'nearest' }, { name: 'mixed' }),
      'y',
    );
    expect(await refusal(mixed.model(), 11)).toMatchObject({
      code: 'ops/no-conversion',
      where: { node: 'mixed' },
      message: expect.stringContaining('shrinks one axis and enlarges another'),
    });
    const bn = graphBuilder({ opset: 8, irVersion: 3 });
    const p = (name: string) => bn.constant(name, [1, 1, 1]);
    bn.output(bn.op('BatchNormalization', [bn.input('x', 'float32', [1, 3, 1]), p('s'), p('b'), p('m'), p('v')], { spatial: 0 }, { name: 'bn' }), 'y');
    expect(await refusal(bn.model(), 9)).toMatchObject({ code: 'ops/no-conversion', where: { node: 'bn' } });
  });

  it('refuses to lower, and opsets it does not know', async () => {
    const model = build(one(13, [2, 3], 'Softmax', {}));
    expect(await refusal(model, 12)).toMatchObject({ code: 'ops/opset-lower' });
    expect(await refusal(model, 99)).toMatchObject({ code: 'ops/opset-unknown' });
    expect(await refusal(model, 13)).toMatchObject({ code: 'onnx-io/nothing-changed' });
    expect((await raiseOpset(model, 13, { allowEmpty: true })).report.changed).toEqual([]);
  });

  it('keeps initializers of IR 3 constants', async () => {
    const g = graphBuilder({ opset: 8, irVersion: 3 });
    const weight = g.input('w', 'float32', [1]);
    edit.setInitializer(weight, tensor('float32', Float32Array.of(2)));
    g.output(g.op('Mul', [g.input('x', 'float32', [3]), weight]), 'y');
    const { model } = await raiseOpset(g.model(), 13);
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect([...model.graph.initializers].map(({ name }) => name)).toEqual(['w']);
    expect(model.irVersion).toBe(7);
    expect([...allNodes(model)].map(keyOf)).toHaveLength(1);
  });
});
