import { readFileSync } from 'node:fs';
import { edit, findValue, graphBuilder, linear, loadModel, type Model, relu, saveModel, sequential, softmax } from '@modeldiet/onnx-io';
import { withSession } from '@modeldiet/runtime';
import type { Feeds, Tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from '../losses/cross-entropy';
import { mse } from '../losses/mse';
import { gradientRules } from '../rules';
import { unary } from '../rules/rule';
import { backend, real, spread, worstError } from '../testing/finite-differences';
import { gradient } from './gradient';
import { trainableKey } from './parameters';

const code = (c: string) => expect.objectContaining({ code: c });
const f32 = (dims: readonly number[], from = spread): Tensor =>
  real(
    'float32',
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => from(i)),
  );
const labels = (...xs: number[]): Tensor => ({ type: 'int64', dims: [xs.length], data: BigInt64Array.from(xs, BigInt) });
const mlp = (): Model => sequential([linear(4, 5), relu(), linear(5, 3)], { seed: 1 });

/** Runs a training graph on a model's own weights. */
async function run(model: Model, graph: ReturnType<typeof gradient>, feeds: Feeds): Promise<Record<string, Tensor>> {
  const weights = Object.fromEntries(
    graph.parameters.flatMap(({ name }) => {
      const weight = findValue(model.graph, name)?.initializer;
      return weight && 'data' in weight ? [[name, weight]] : [];
    }),
  );
  return withSession(backend, graph.model, {}, (session) => session.run({ ...weights, ...feeds }));
}

describe('gradient', () => {
  it('one run gives the loss and the gradient of every weight, in the order of the file', async () => {
    const model = mlp();
    const graph = gradient(model, { loss: crossEntropy() });
    expect(graph.parameters.map(({ name, kind, dims }) => ({ name, kind, dims }))).toEqual([
      { name: '0.weight', kind: 'weight', dims: [5, 4] },
      { name: '0.bias', kind: 'weight', dims: [5] },
      { name: '2.weight', kind: 'weight', dims: [3, 5] },
      { name: '2.bias', kind: 'weight', dims: [3] },
    ]);
    const out = await run(model, graph, { input: f32([6, 4]), label: labels(0, 1, 2, 2, 1, 0) });
    expect(Object.keys(out)).toEqual([graph.loss, graph.prediction, ...graph.parameters.map(({ gradient: g }) => g)]);
    for (const { gradient: g, dims } of graph.parameters) expect(out[g]!.dims).toEqual(dims);
    // The gradient of the mean loss by the last bias is mean(softmax - one-hot), which sums to 0.
    expect((out['gradient/2.bias']!.data as Float32Array).reduce((a, b) => a + b)).toBeCloseTo(0, 6);
  });
  it('leaves the model as it was', async () => {
    const model = mlp();
    const before = (await saveModel(model)).bytes;
    gradient(model, { loss: crossEntropy() });
    expect((await saveModel(model)).bytes).toEqual(before);
  });
  it('cross-entropy, with and without smoothing, is what the formula says', async () => {
    const model = mlp();
    const feeds = { input: f32([4, 4]), label: labels(2, 0, 1, 2) };
    for (const labelSmoothing of [0, 0.1]) {
      const graph = gradient(model, { loss: crossEntropy({ labelSmoothing }) });
      const out = await run(model, graph, feeds);
      const logits = out[graph.prediction!]!.data as Float32Array;
      let wanted = 0;
      for (let row = 0; row < 4; row++) {
        const z = Array.from(logits.subarray(row * 3, row * 3 + 3));
        const log = Math.log(z.map(Math.exp).reduce((a, b) => a + b));
        wanted -= z.reduce((sum, x, i) => sum + (x - log) * (labelSmoothing / 3 + (i === Number(feeds.label.data[row]) ? 1 - labelSmoothing : 0)), 0) / 4;
      }
      expect((out[graph.loss]!.data as Float32Array)[0]).toBeCloseTo(wanted, 6);
    }
  });
  it('losses pass the finite-difference check', async () => {
    for (const [loss, target] of [
      [crossEntropy({ labelSmoothing: 0.2 }), { label: labels(1, 3, 0) }],
      [
        mse({ label: 'target' }),
        {
          target: real(
            'float64',
            [3, 4],
            Array.from({ length: 12 }, (_, i) => spread(i, 3)),
          ),
        },
      ],
    ] as const) {
      const g = graphBuilder();
      g.output(g.op('Mul', [g.input('x', 'float64', ['n', 4]), g.constant('w', real('float64', [4], [1, 2, 3, 4]))]), 'y', { dims: ['n', 4] });
      const graph = gradient(g.model(), { loss, wrt: ['x'], logits: 'y' });
      const data = Array.from({ length: 12 }, (_, i) => spread(i));
      await withSession(backend, graph.model, {}, async (session) => {
        const at = (v: readonly number[]) => session.run({ x: real('float64', [3, 4], v), ...target });
        const got = (await at(data))[graph.parameters[0]!.gradient]!.data as Float64Array;
        for (let i = 0; i < data.length; i++) {
          const [up, down] = [1e-5, -1e-5].map((h) => at(data.map((x, k) => (k === i ? x + h : x))));
          const difference = (Number((await up!)[graph.loss]!.data[0]) - Number((await down!)[graph.loss]!.data[0])) / 2e-5;
          expect(got[i]).toBeCloseTo(difference, 8);
        }
      });
    }
  });
  it('weights in Constant nodes and behind Identity are found, and a shared one gets the sum', async () => {
    const g = graphBuilder();
    const x = g.input('x', 'float32', ['n', 2]);
    const w = g.op('Constant', [], { value: f32([2, 2]) }, { output: 'tied' });
    const h = g.op('Tanh', [g.op('MatMul', [x, w])]);
    g.output(g.op('MatMul', [h, g.op('Identity', [w])]), 'y', { dims: ['n', 2] });
    const graph = gradient(g.model(), { loss: mse() });
    expect(graph.parameters.map(({ name, kind }) => [name, kind])).toEqual([['tied', 'weight']]);
    const weights = Array.from({ length: 4 }, (_, i) => spread(i));
    await withSession(backend, graph.model, {}, async (session) => {
      const at = async (v: readonly number[]) => session.run({ x: f32([3, 2]), label: f32([3, 2], (i) => spread(i, 2)), tied: real('float32', [2, 2], v) });
      const got = (await at(weights))['gradient/tied']!.data as Float32Array;
      for (let i = 0; i < 4; i++) {
        const [up, down] = [await at(weights.map((v, k) => (k === i ? v + 1e-2 : v))), await at(weights.map((v, k) => (k === i ? v - 1e-2 : v)))];
        expect(got[i]).toBeCloseTo((Number(up[graph.loss]!.data[0]) - Number(down[graph.loss]!.data[0])) / 2e-2, 3);
      }
    });
  });
  it('rows that are gathered many times get every one of their gradients, threads or not', async () => {
    const [rows, width, count] = [50, 16, 20_000];
    const g = graphBuilder();
    const y = g.op('Gather', [g.constant('table', f32([rows, width])), g.input('ids', 'int64', ['n'])]);
    g.output(g.op('ReduceSum', [y], { keepdims: 0 }), 'loss', { dims: [] });
    const graph = gradient(g.model(), { loss: 'loss' });
    const ids = BigInt64Array.from({ length: count }, (_, i) => BigInt((i * 7919) % rows));
    await withSession(backend, graph.model, { threads: 2 }, async (session) => {
      const out = await session.run({ table: f32([rows, width]), ids: { type: 'int64', dims: [count], data: ids } });
      expect(Array.from(out['gradient/table']!.data as Float32Array)).toEqual(Array.from({ length: rows * width }, () => count / rows));
    });
  });
  it('attention: products of four axes, softmax, layer norm by hand, broadcasting at run time', async () => {
    const error = await worstError(
      {
        name: 'attention',
        x: [[2, 3, 4], [4, 4], [4, 4], [4, 4], [4]],
        y: (g, [x, q, k, v, gain]) => {
          const heads = (w: typeof q) => g.op('Transpose', [g.op('Reshape', [g.op('MatMul', [x!, w!]), [0, 0, 2, 2]])], { perm: [0, 2, 1, 3] });
          const scores = g.op('Div', [
            g.op('MatMul', [heads(q), g.op('Transpose', [heads(k)], { perm: [0, 1, 3, 2] })]),
            g.constant('root', real('float64', [], [Math.SQRT2])),
          ]);
          const mixed = g.op('MatMul', [g.op('Softmax', [scores]), heads(v)]);
          const joined = g.op('Reshape', [g.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }), [0, 0, 4]]);
          const sum = g.op('Add', [joined, x!]);
          const centred = g.op('Sub', [sum, g.op('ReduceMean', [sum, [-1]])]);
          const deviation = g.op('Sqrt', [g.op('ReduceMean', [g.op('Mul', [centred, centred]), [-1]])]);
          return g.op('Mul', [g.op('Div', [centred, deviation]), gain!]);
        },
      },
      'rank',
    );
    expect(error).toBeLessThan(1e-6);
  });
});

describe('which weights are parameters', () => {
  const names = (model: Model, more: object = {}) => gradient(model, { loss: mse(), ...more }).parameters.map(({ name }) => name);
  const scaled = (): Model => {
    const g = graphBuilder();
    const x = g.op('Div', [g.op('Sub', [g.input('x', 'float32', ['n', 2]), g.constant('mean', f32([2]))]), g.constant('std', f32([2]))]);
    const y = g.op('Add', [g.op('MatMul', [g.op('Mul', [x, g.constant('scale', f32([]))]), g.constant('w', f32([2, 2]))]), g.constant('b', f32([2]))]);
    g.output(g.op('Mul', [y, g.constant('temperature', f32([]))]), 'y', { dims: ['n', 2] });
    return g.model();
  };
  it('not scalars, not the constants of pre-processing', () => {
    expect(names(scaled())).toEqual(['w', 'b']);
    expect(gradient(scaled(), { loss: mse() }).frozen).toEqual([
      { name: 'mean', reason: 'pre-processing' },
      { name: 'std', reason: 'pre-processing' },
      { name: 'scale', reason: 'scalar' },
      { name: 'temperature', reason: 'scalar' },
    ]);
  });
  it('not single numbers of rank 1, unless a layer has them', () => {
    const g = graphBuilder();
    const h = g.op('MatMul', [g.input('x', 'float32', ['n', 2]), g.constant('w', f32([2, 1]))]);
    const y = g.op('Mul', [g.op('Add', [h, g.constant('bias', f32([1]))]), g.constant('root', f32([1]))]);
    g.output(g.op('Add', [y, g.constant('shift', f32([1, 1]))]), 'y', { dims: ['n', 1] });
    expect(names(g.model())).toEqual(['w', 'bias']);
  });
  it('unless they are named', () => {
    expect(names(scaled(), { wrt: ['temperature', 'mean'] })).toEqual(['temperature', 'mean']);
    expect(names(scaled(), { wrt: [/^[wb]$/] })).toEqual(['w', 'b']);
  });
  it('not what is marked, or left out', () => {
    const model = scaled();
    edit.setMetadata(findValue(model.graph, 'b')!, trainableKey, 'false');
    expect(names(model)).toEqual(['w']);
    expect(names(scaled(), { freeze: ['b'] })).toEqual(['w']);
    expect(gradient(scaled(), { loss: mse(), freeze: [/b/] }).frozen).toContainEqual({ name: 'b', reason: 'left out' });
  });
  it('an embedding, a bias of the first layer, a shape no gradient passes', () => {
    const g = graphBuilder();
    const h = g.op('Gather', [g.constant('table', f32([5, 2])), g.input('ids', 'int64', ['n'])]);
    const y = g.op('Add', [h, g.constant('position', f32([2]))]);
    g.output(g.op('Add', [y, g.op('Cast', [g.op('Size', [g.constant('counted', f32([3]))])], { to: 1 })]), 'y', { dims: ['n', 2] });
    const graph = gradient(g.model(), { loss: mse() });
    expect(graph.parameters.map(({ name }) => name)).toEqual(['table', 'position']);
    expect(graph.frozen).toEqual([{ name: 'counted', reason: 'no gradient' }]);
  });
});

describe('predictions', () => {
  it('a Softmax is stepped over, and that is said', () => {
    const model = sequential([linear(4, 3), softmax()], { seed: 1 });
    const graph = gradient(model, { loss: crossEntropy() });
    expect(graph.model.graph.nodes.size).toBeGreaterThan(0);
    expect([...graph.model.graph.nodes].some(({ opType }) => opType === 'Softmax')).toBe(false);
    expect(graph.warnings).toEqual([expect.objectContaining({ code: 'train/softmax-input' })]);
    expect(gradient(model, { loss: mse() }).warnings).toEqual([]);
  });
  it("scikit-learn's export: classic ops before, a Softmax and a label behind", async () => {
    const model = await loadModel(readFileSync('fixtures/models/skl-mlp.onnx'));
    const graph = gradient(model, { loss: crossEntropy() });
    expect(graph.prediction).toBe('add_result2');
    expect(graph.columns.label).toMatch(/^label/);
    expect(graph.parameters.map(({ name }) => name)).toEqual(['coefficient', 'intercepts', 'coefficient1', 'intercepts1', 'coefficient2', 'intercepts2']);
    const out = await run(model, graph, { X: f32([2, 64]), [graph.columns.label!]: labels(3, 4) });
    expect(Number.isFinite((out[graph.loss]!.data as Float32Array)[0])).toBe(true);
  });
  it('two candidates: the option says which', () => {
    const g = graphBuilder();
    const h = g.op('MatMul', [g.input('x', 'float32', ['n', 2]), g.constant('w', f32([2, 2]))]);
    g.output(g.op('Relu', [h]), 'a', { dims: ['n', 2] });
    g.output(g.op('Tanh', [h]), 'b', { dims: ['n', 2] });
    expect(() => gradient(g.model(), { loss: mse() })).toThrow(code('train/no-logits'));
    expect(gradient(g.model(), { loss: mse(), logits: 'b' }).prediction).toBe('b');
  });
});

describe('refusals', () => {
  const odd = (): Model => {
    const g = graphBuilder();
    const h = g.op('Hardmax', [g.op('MatMul', [g.input('x', 'float32', ['n', 2]), g.constant('w', f32([2, 2]))])], {}, { name: 'layer/hard' });
    g.output(h, 'y', { dims: ['n', 2] });
    return g.model();
  };
  it('an op without a rule is named; a rule of the caller serves', () => {
    expect(() => gradient(odd(), { loss: mse() })).toThrow(code('train/no-gradient'));
    expect(() => gradient(odd(), { loss: mse() })).toThrow(/Hardmax 'layer\/hard'/);
    const rules = { ...gradientRules, Hardmax: unary((_, g) => g) };
    expect(gradient(odd(), { loss: mse(), rules }).parameters).toHaveLength(1);
  });
  it('an If that reads a weight is named', () => {
    const g = graphBuilder();
    const w = g.constant('w', f32([2]));
    const c = g.input('c', 'bool', []);
    const y = g.op(
      'If',
      [c],
      { then_branch: g.subgraph('t', (b) => [b.op('Neg', [w])]), else_branch: g.subgraph('e', (b) => [b.op('Identity', [w])]) },
      { name: 'choice' },
    );
    g.output(g.op('ReduceSum', [y], { keepdims: 0 }), 'loss', { dtype: 'float32', dims: [] });
    expect(() => gradient(g.model(), { loss: 'loss', wrt: ['w'] })).toThrow(/If 'choice'/);
  });
  it('says what is wrong with names', () => {
    const model = mlp();
    const with_ = (more: object) => () => gradient(model, { loss: crossEntropy(), ...more });
    expect(with_({ wrt: ['nothing'] })).toThrow(code('train/unknown-value'));
    expect(with_({ wrt: [/nothing/] })).toThrow(code('train/no-match'));
    expect(with_({ freeze: ['nothing'] })).toThrow(code('train/no-match'));
    expect(with_({ logits: 'nothing' })).toThrow(code('train/unknown-value'));
    expect(with_({ loss: 'nothing' })).toThrow(code('train/unknown-value'));
    expect(with_({ loss: 'output' })).toThrow(code('train/loss-type'));
    expect(with_({ freeze: [/./] })).toThrow(code('train/no-parameters'));
  });
  it('an opset before 13, and a gathered weight before 16', () => {
    const gathered = (opset: number): Model => {
      const g = graphBuilder({ opset });
      g.output(g.op('Gather', [g.constant('table', f32([5, 2])), g.input('ids', 'int64', ['n'])]), 'y', { dims: ['n', 2] });
      return g.model();
    };
    expect(() => gradient(gathered(12), { loss: mse() })).toThrow(code('train/old-opset'));
    expect(() => gradient(gathered(15), { loss: mse() })).toThrow(code('train/no-gradient'));
    expect(() => gradient(gathered(15), { loss: mse() })).toThrow(/Gather.*expected opset 16/);
    expect(gradient(gathered(16), { loss: mse() }).parameters).toHaveLength(1);
  });
  it('integers have no gradient, nor has a value that does not reach the loss', () => {
    const g = graphBuilder();
    const w = g.constant('w', f32([2, 2]));
    const rounded = g.op('Round', [g.constant('lost', f32([2]))]);
    const y = g.op('Add', [g.op('MatMul', [g.input('x', 'float32', ['n', 2]), w]), rounded]);
    const h = g.op('Reshape', [y, g.constant('shape', labels(-1, 2))]);
    g.output(h, 'y', { dims: ['n', 2] });
    expect(() => gradient(g.model(), { loss: mse(), wrt: ['shape'] })).toThrow(code('train/not-float'));
    expect(() => gradient(g.model(), { loss: mse(), wrt: ['lost'] })).toThrow(code('train/no-path'));
    expect(gradient(g.model(), { loss: mse() }).frozen).toEqual([{ name: 'lost', reason: 'no gradient' }]);
  });
  it('a product of unknown ranks', async () => {
    await expect(
      worstError(
        {
          name: 'x',
          x: [
            [2, 2, 2],
            [2, 2, 2],
          ],
          y: (g, x) => g.op('MatMul', x as [never, never]),
        },
        'nothing',
      ),
    ).rejects.toThrow(code('train/unknown-rank'));
  });
});
