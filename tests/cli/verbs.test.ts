// Every verb on real models: its JSON against its schema, its figures, its words.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cli, cliJson, fixture, ocr, scratch } from './run';
import { problemsOf } from './schema';

const dir = scratch();
const mlp = fixture('skl-mlp.onnx');

describe('inspect', () => {
  it('counts what is in a file', async () => {
    const { status, json, stderr } = await cliJson(['inspect', ocr('ch_PP-OCRv4_rec_infer.onnx'), '--shapes', '--costs', '--dims', 'x=1x3x48x320', '--tree']);
    expect([status, stderr]).toEqual([0, '']);
    expect(problemsOf(json, 'inspect')).toEqual([]);
    expect(json).toMatchObject({ bytes: 10_822_323, nodes: 765, opsets: { 'ai.onnx': 9 } });
    expect((json.opTypes as Record<string, number>).Conv).toBeGreaterThan(30);
    expect(json.macs).toBeGreaterThan(1e8);
    const values = json.values as { name: string; dims: unknown[] | null }[];
    expect(values.filter(({ dims }) => dims?.every(Number.isInteger)).length).toBeGreaterThan(700);
    expect((json.inputs as object[])[0]).toMatchObject({ name: 'x', dtype: 'float32' });
  });

  it('says what is no tensor, and leaves out what has no extent and no name', async () => {
    const { json } = await cliJson(['inspect', fixture('skl-forest.onnx')]);
    expect(problemsOf(json, 'inspect')).toEqual([]);
    expect(json.outputs).toContainEqual({ name: 'output_probability', dtype: 'seq(map(int64,float32))', dims: null });
    expect(JSON.stringify(json.inputs)).not.toContain('?');
  });

  it('reads as text', async () => {
    const { status, stdout } = await cli(['inspect', mlp, '--costs']);
    expect(status).toBe(0);
    expect(stdout).toContain('parameters');
    expect(stdout).toContain('MACs');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('quantize', () => {
  it('makes PP-OCRv4 rec at most 0.32 of its bytes, and says how close it stayed and whether it got faster', { timeout: 120_000 }, async () => {
    const out = dir.path('rec.onnx');
    const { status, json } = await cliJson([
      'quantize',
      ocr('ch_PP-OCRv4_rec_infer.onnx'),
      out,
      '--mode',
      'dynamic',
      '--dims',
      'x=1x3x48x320',
      '--data',
      'random:2',
    ]);
    expect(status).toBe(0);
    expect(problemsOf(json, 'quantize')).toEqual([]);
    const { input, output, compared } = json as {
      input: { bytes: number };
      output: { bytes: number };
      compared: { outputs: { cosine: number }[]; latency: { ratio: number } };
    };
    expect(output.bytes / input.bytes).toBeLessThanOrEqual(0.32);
    expect(readFileSync(out).length).toBe(output.bytes);
    expect(compared.outputs).toHaveLength(1);
    expect(compared.outputs[0]!.cosine).toBeGreaterThan(0.98);
    expect(compared.latency.ratio).toBeGreaterThan(0);
    expect(json.verified).toBe('ran');
  });

  it('may write over its input', async () => {
    const file = dir.path('same.onnx');
    writeFileSync(file, readFileSync(mlp));
    const { status, json } = await cliJson(['quantize', file, file, '--mode', 'float16']);
    expect(status).toBe(0);
    expect(json.compared).toBeDefined();
    expect(readFileSync(file).length).toBe((json.output as { bytes: number }).bytes);
    expect(dir.list()).toEqual(['same.onnx']);
  });

  it('tells what it selected, and changes only that', async () => {
    const { json } = await cliJson(['quantize', mlp, dir.path('a.onnx'), '--mode', 'dynamic', '--exclude', 'MatMul1', '--no-verify']);
    const { matched, changed, verified } = json as { matched: string[]; changed: { node: string }[]; verified: string };
    expect(verified).toBe('no');
    expect(matched).not.toContain('MatMul1');
    expect(changed.map(({ node }) => node)).not.toContain('MatMul1');
    const none = await cliJson(['quantize', mlp, dir.path('b.onnx'), '--mode', 'dynamic', '--include', 'NoSuchOp']);
    expect([none.status, (none.json.error as { code: string }).code]).toEqual([1, 'onnx-io/no-match']);
    expect(dir.list()).toEqual(['a.onnx']);
  });

  it('opens without running where an input has no extent, and says which words would help', async () => {
    const { status, json } = await cliJson(['quantize', ocr('ch_PP-OCRv4_det_infer.onnx'), dir.path('det.onnx'), '--mode', 'dynamic']);
    expect(status).toBe(0);
    expect(problemsOf(json, 'quantize')).toEqual([]);
    expect(json.verified).toBe('opened');
    expect(json.note).toContain('--dims');
  });

  it('warns when nothing is gained', async () => {
    const small = dir.path('small.onnx');
    await cli(['quantize', mlp, small, '--mode', 'float16', '--no-verify']);
    const again = await cliJson(['quantize', small, dir.path('again.onnx'), '--mode', 'float16', '--no-verify']);
    expect((again.json.error as { code: string }).code).toBe('onnx-io/nothing-changed');
  });
});

describe('compare', () => {
  it('measures both on labelled data, and holds requirements', { timeout: 60_000 }, async () => {
    const small = dir.path('small.onnx');
    await cli(['quantize', mlp, small, '--mode', 'dynamic', '--no-verify']);
    const good = await cliJson(['compare', mlp, small, '--data', 'digits', '--require', 'bytes<=0.35,accuracy>=0.9,drop<=2%,top1>=0.9']);
    expect(good.status).toBe(0);
    expect(problemsOf(good.json, 'compare')).toEqual([]);
    expect((good.json.accuracy as { a: { n: number } }).a.n).toBe(1797);
    const bad = await cliJson(['compare', mlp, small, '--require', 'bytes<=0.1,sqnr>=5']);
    expect(bad.status).toBe(1);
    expect(problemsOf(bad.json, 'compare')).toEqual([]);
    expect(bad.json.error).toMatchObject({ code: 'cli/require-failed', actual: [expect.stringMatching(/^bytes<=0\.1: 0\.\d+$/)] });
    expect(bad.stderr).toContain('bytes<=0.1');
  });
});

describe('bench', () => {
  it('runs models in turns at each batch size', { timeout: 60_000 }, async () => {
    const { status, json } = await cliJson(['bench', mlp, mlp, '--batch', '1,16']);
    expect(status).toBe(0);
    expect(problemsOf(json, 'bench')).toEqual([]);
    const results = json.results as { batch: number; throughput: number; latencyMs: { median: number } }[];
    expect(results.map(({ batch }) => batch)).toEqual([1, 1, 16, 16]);
    for (const { batch, throughput, latencyMs } of results) expect(throughput).toBeCloseTo((batch * 1000) / latencyMs.median, 6);
    expect(json.environment).toMatchObject({ threads: 1, backend: 'cpu' });
  });

  it('refuses a batch that the file does not take', async () => {
    const { status, stderr } = await cli(['bench', fixture('face_detection_front_128x128_barracuda.onnx'), '--batch', '2']);
    expect(status).toBe(2);
    expect(stderr).toContain('fixed batch');
  });
});

describe('profile', () => {
  it('is a receipt: every node with its time, sums, and what bounds it', { timeout: 60_000 }, async () => {
    const { status, json, stderr } = await cliJson(['profile', ocr('ch_ppocr_mobile_v2.0_cls_infer.onnx'), '--dims', 'x=1x3x48x192', '--runs', '5']);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'profile')).toEqual([]);
    const nodes = json.nodes as { opType: string; ms: number; share: number; bound: string | null }[];
    expect(nodes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(nodes.every(({ ms }, i) => i === 0 || ms <= nodes[i - 1]!.ms)).toBe(true);
    expect(nodes.some(({ bound }) => bound !== null)).toBe(true);
    expect((json.byOpType as { opType: string }[])[0]!.opType).toMatch(/Conv/);
    expect(json.kernelMs).toBeLessThanOrEqual((json.totalMs as number) * 1.5);
  });

  it('reads as text', { timeout: 60_000 }, async () => {
    const { status, stdout } = await cli(['profile', mlp, '--batch', '16', '--data', 'digits', '--top', '2', '--runs', '5']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/a run of batch 16/);
    expect(stdout).toMatch(/and \d+ more kernels/);
    expect(stdout).toMatch(/GFLOP\/s/);
  });
});

describe('diagnose', () => {
  it('finds the slow convolutions of a static model, and says when there is nothing', { timeout: 90_000 }, async () => {
    const original = ocr('ch_ppocr_mobile_v2.0_cls_infer.onnx');
    const dims = ['--dims', 'x=1x3x48x192'];
    const small = dir.path('small.onnx');
    await cli(['quantize', original, small, '--mode', 'static', '--calibration', 'random:2', ...dims, '--no-verify']);
    const { status, json, stderr } = await cliJson(['diagnose', small, '--against', original, ...dims]);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'diagnose')).toEqual([]);
    const findings = json.findings as { rule: string; costMs: number }[];
    expect(findings.map(({ rule }) => rule)).toContain('slow-conv');
    expect(findings.every(({ costMs }, i) => i === 0 || costMs <= findings[i - 1]!.costMs)).toBe(true);
    const none = await cli(['diagnose', mlp]);
    expect([none.status, none.stdout]).toEqual([0, expect.stringMatching(/nothing found\. Looked for\n/)]);
  });
});

describe('simplify', () => {
  it('gives the same function in fewer nodes', { timeout: 60_000 }, async () => {
    const { status, json } = await cliJson([
      'simplify',
      ocr('ch_ppocr_mobile_v2.0_cls_infer.onnx'),
      dir.path('cls.onnx'),
      '--dims',
      'x=1x3x48x192',
      '--data',
      'random:1',
    ]);
    expect(status).toBe(0);
    expect(problemsOf(json, 'simplify')).toEqual([]);
    const { input, output, compared } = json as { input: { nodes: number }; output: { nodes: number }; compared: { outputs: { maxAbsDiff: number }[] } };
    expect(output.nodes).toBeLessThan(input.nodes);
    expect(compared.outputs[0]!.maxAbsDiff).toBeLessThan(1e-5);
  });
});

describe('train', () => {
  it('trains skl-mlp on the digits, and gives the same bytes again', { timeout: 60_000 }, async () => {
    const run = (name: string) => cliJson(['train', mlp, dir.path(name), '--data', 'digits', '--epochs', '2', '--lr', '0.0005', '--seed', '3']);
    const first = await run('a.onnx');
    expect(first.status, first.stderr).toBe(0);
    expect(problemsOf(first.json, 'train')).toEqual([]);
    expect(first.json.metric).toMatchObject({ name: 'accuracy', n: 360, on: 'test' });
    expect((first.json.metric as { value: number }).value).toBeGreaterThan(0.9);
    await run('b.onnx');
    expect(readFileSync(dir.path('b.onnx'))).toEqual(readFileSync(dir.path('a.onnx')));
  });

  it('takes a table, and refuses data without labels', async () => {
    const table = dir.path('table.csv');
    const row = (i: number): string => [...Array.from({ length: 64 }, (_, k) => (i * 7 + k * 3) % 17), i % 10].join(',');
    writeFileSync(table, [[...Array.from({ length: 64 }, (_, k) => `p${k}`), 'label'].join(','), ...Array.from({ length: 100 }, (_, i) => row(i))].join('\n'));
    const { status, json, stderr } = await cliJson(['train', mlp, dir.path('c.onnx'), '--data', table, '--epochs', '1']);
    expect(status, stderr).toBe(0);
    expect(json.metric).toMatchObject({ on: 'validation', n: 20 });
    const bad = await cliJson(['train', mlp, dir.path('d.onnx'), '--data', 'random:8']);
    expect([bad.status, (bad.json.error as { code: string }).code]).toEqual([1, 'cli/no-labels']);
    expect(dir.list()).toEqual(['c.onnx', 'table.csv']);
  });
});

describe('explain', () => {
  it.each([
    [['explain', '6.5'], { format: 'float32', code: '0x40d00000', value: 6.5, error: 0 }],
    [['explain', '42', '--integer', '--bits', '8'], { format: 'uint8', code: '0x2a', value: 42, error: 0 }],
    [['explain', '-42', '--integer', '--bits', '8'], { format: 'int8', code: '0xd6', value: -42 }],
    [['explain', 'inf', '--format', 'float16'], { code: '0x7c00', value: 'Infinity' }],
    [['explain', '0.1', '--format', 'float8e4m3fn'], { input: 0.1, value: 0.1015625 }],
    [
      ['explain', 'inf', '--format', 'all'],
      { input: 'Infinity', formats: expect.arrayContaining([{ format: 'int4', code: '0x7', bits: '0111', value: 7, error: '-Infinity' }]) },
    ],
    [['explain', 'formats'], { formats: expect.arrayContaining([expect.objectContaining({ format: 'float16', largest: 65504, distinct: '63487' })]) }],
    [['explain', '0.79,-0.42,-0.81', '--quantize', 'int8'], { format: 'int8', zeroPoint: 0, rows: [{ code: 124 }, { code: -66 }, { code: -127 }] }],
    [
      ['explain', '0,3', '--quantize', 'uint4', '--scheme', 'asymmetric', '--bits', '2'],
      { bits: 2, scheme: 'asymmetric', rows: [{ code: 0 }, { code: 3, back: 3 }] },
    ],
  ])('%j', async (argv, expected) => {
    const { status, json } = await cliJson(argv);
    expect(status).toBe(0);
    expect(json).toMatchObject(expected);
    expect(problemsOf(json, 'explain')).toEqual([]);
  });

  it.each([
    [['explain', 'six']],
    [['explain', '300', '--integer', '--bits', '8']],
    [['explain', '6.5', '--bits', '8']],
    [['explain', '6', '--format', 'float33']],
    [['explain', '1,x', '--quantize', 'int8']],
    [['explain', '1,2', '--quantize', 'int8', '--format', 'float16']],
    [['explain', '1', '--scheme', 'symmetric']],
  ])('%j is refused', async (argv) => {
    expect((await cli(argv)).status).toBe(2);
  });

  it('reads step by step', async () => {
    const { stdout } = await cli(['explain', '6.5']);
    for (const word of ['110.1', '1.101 x 2^2', '2 + 127 = 129', '0 10000001 10100000000000000000000']) expect(stdout).toContain(word);
  });
});
