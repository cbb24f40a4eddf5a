import { attr, graphBuilder, linear, type Model, relu, sequential } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { profileModel } from '@modeldiet/profiler';
import { quantizeStatic, quantizeWeights } from '@modeldiet/quantize';
import { cpu, randomFeeds, wasm } from '@modeldiet/runtime';
import { nodeBackend } from '@modeldiet/runtime/node';
import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnose';
import type { Evidence } from './finding';
import { diagnoseRules } from './rules';

const backend = await nodeBackend();
const mlp = sequential([linear(64, 128), relu(), linear(128, 10)], { seed: 1 });
const feeds = randomFeeds(mlp, { seed: 0 });

const only = (name: keyof typeof diagnoseRules) => ({ [name]: diagnoseRules[name] });
/** The evidence of a model with its receipt, what a float kernel takes being given. */
async function evidenceOf(model: Model, floatMs: number, more: Partial<Evidence> = {}): Promise<Evidence> {
  const receipt = await profileModel(model, { backend, feeds: randomFeeds(model, { seed: 0 }), runs: 5, rates: false });
  return { model, receipt, target: cpu(), work: {}, nodeOf: () => undefined, floatMs: async () => floatMs, ...more };
}

describe('diagnose', () => {
  it('says nothing of a float model', { timeout: 30_000 }, async () => {
    expect(await diagnose(mlp, { backend, feeds })).toEqual([]);
  });

  it('lost-fusion: finds the weight that is dequantized in every run, and what is behind it', { timeout: 30_000 }, async () => {
    const { model } = await quantizeWeights(mlp, { bits: 4, form: 'dequantize' });
    const found = await diagnose(model, { backend, feeds, rules: only('lost-fusion') });
    expect(found).toHaveLength(2);
    expect(found.map(({ evidence }) => evidence).join('\n')).toMatch(/int4 \[.*read by Gemm .*which Relu follows/);
    for (const { costMs, cure, opType } of found) {
      expect(costMs).toBeGreaterThan(0);
      expect([cure, opType]).toEqual([expect.stringContaining('MatMulNBits'), 'DequantizeLinear']);
    }
    const fused = await quantizeWeights(mlp, { bits: 4 });
    expect(await diagnose(fused.model, { backend, feeds, rules: only('lost-fusion') })).toEqual([]);
  });

  it('saturating-kernel: full 8-bit weights on a saturating target, not 7-bit ones, not elsewhere', { timeout: 30_000 }, async () => {
    const make = async (saturatesU8S8: boolean) => (await quantizeStatic(mlp, { dataset: feeds, backend, target: cpu({ saturatesU8S8 }) })).model;
    const [full, kept] = [await make(false), await make(true)];
    const rules = only('saturating-kernel');
    const found = await diagnose(full, { backend, feeds, rules, target: cpu() });
    expect(found.map(({ opType }) => opType)).toEqual(['QGemm', 'QGemm']);
    expect(found[0]!.evidence).toMatch(/of 8,192 int8 weights are beyond 64|of 1,280 int8/);
    expect(await diagnose(kept, { backend, feeds, rules, target: cpu() })).toEqual([]);
    expect(await diagnose(full, { backend, feeds, rules, target: wasm() })).toEqual([]);
  });

  it('small-layer: names the product that a float one of its extents beats', { timeout: 30_000 }, async () => {
    const { model } = await quantizeStatic(mlp, { dataset: feeds, backend });
    const find = diagnoseRules['small-layer'].find;
    const found = await find(await evidenceOf(model, 1e-6));
    expect(found.map(({ evidence }) => evidence)).toEqual([expect.stringMatching(/1 x \d+ by \d+ x \d+ takes/), expect.stringMatching(/float32 product/)]);
    expect(await find(await evidenceOf(model, 1e6))).toEqual([]);
    const measured = await diagnose(model, { backend, feeds, rules: only('small-layer') });
    for (const { costMs } of measured) expect(costMs).toBeGreaterThan(0);
  });

  it('slow-conv: depthwise and first convolutions, held against the original or a Conv of their extents', { timeout: 60_000 }, async () => {
    const model = await readModel(new URL('../../../../fixtures/models/mobilenet.ts.onnx', import.meta.url).pathname);
    const images = randomFeeds(model, { seed: 0 });
    const small = (await quantizeStatic(model, { dataset: images, backend })).model;
    const rule = diagnoseRules['slow-conv'];
    /** The rule, what a float kernel takes being given: which of the two is slower is this machine's affair. */
    const floatTakes = (ms: number) => {
      const given = ({ original, ...rest }: Evidence): Evidence => ({
        ...rest,
        floatMs: async () => ms,
        ...(original && { original: { ...original, nodes: original.nodes.map((row) => ({ ...row, ms })) } }),
      });
      return { 'slow-conv': { ...rule, find: (evidence: Evidence) => rule.find(given(evidence)) } };
    };
    for (const against of [model, undefined]) {
      const run = (rules: typeof diagnoseRules | Record<string, typeof rule>) =>
        diagnose(small, { backend, feeds: images, ...(against && { against }), rules });
      const found = await run(floatTakes(1e-6));
      expect(found.length).toBeGreaterThan(0);
      for (const { evidence } of [...found, ...(await run(only('slow-conv')))])
        expect(evidence).toMatch(against ? /^(depthwise|3 input channels): .* in the original$/ : /float32 Conv of these extents$/);
      expect(await run(floatTakes(1e6))).toEqual([]);
    }
    expect(await diagnose(model, { backend, feeds: images, rules: only('slow-conv') })).toEqual([]);
  });

  it('other-provider: what ran elsewhere than the backend', async () => {
    const g = graphBuilder();
    g.output(g.op('Softmax', [g.op('Neg', [g.input('x', 'float32', [2, 4])])], { axis: attr.int(1) }), 'y');
    const evidence = await evidenceOf(g.model(), 1);
    const { find } = diagnoseRules['other-provider'];
    expect(await find(evidence)).toEqual([]);
    // The same receipt, had the backend been a GPU.
    const found = await find({ ...evidence, receipt: { ...evidence.receipt, backend: 'webgpu' } });
    expect(found.map(({ opType }) => opType).sort()).toEqual(['Neg', 'Softmax']);
    expect(found[0]!.evidence).toContain('CPUExecutionProvider, not on webgpu');
  });

  it('stops when asked', async () => {
    await expect(diagnose(mlp, { backend, feeds, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
