// prune, distill, optimize, data from images: JSON against its schema, figures, words, and what is refused, on digits and on real convolutional nets.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { linear, relu, saveModel, scale, sequential } from '@modeldiet/onnx-io';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { bin, cli, cliJson, fixture, ocr, scratch } from './run';
import { problemsOf } from './schema';

const dir = scratch();
const mlp = fixture('skl-mlp.onnx');
const cls = ocr('ch_ppocr_mobile_v2.0_cls_infer.onnx');
const face = fixture('face_detection_front_128x128_barracuda.onnx');
const clsDims = ['--dims', 'x=1x3x48x192'];

type Sizes = { readonly bytes: number; readonly nodes: number };
const errorOf = (json: Record<string, unknown>) => json.error as { readonly code: string; readonly message: string };

/** A sub-folder a class, each with images of another size than the model wants. */
function photos(count: number): string {
  const folder = dir.path('photos');
  for (const [k, name] of ['cat', 'dog'].entries()) {
    mkdirSync(`${folder}/${name}`, { recursive: true });
    for (let i = 0; i < count; i++) {
      const image = new PNG({ width: 20 + i, height: 12 });
      for (let p = 0; p < image.data.length; p++) image.data[p] = p % 4 === 3 ? 255 : (p * (7 + k) + i * 31) % 256;
      writeFileSync(`${folder}/${name}/${i}.png`, PNG.sync.write(image));
    }
  }
  return folder;
}

async function student(): Promise<string> {
  const path = dir.path('student-0.onnx');
  writeFileSync(path, (await saveModel(sequential([scale(1 / 16), linear(64, 32), relu(), linear(32, 10)], { seed: 2 }))).bytes);
  return path;
}

describe('prune', () => {
  it('single numbers: the same bytes, smaller after gzip, and that is said', { timeout: 60_000 }, async () => {
    const { status, json, stderr } = await cliJson(['prune', mlp, dir.path('sparse.onnx'), '--amount', '0.4', '--data', 'digits']);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'prune')).toEqual([]);
    const { input, output, gzip } = json as unknown as { input: Sizes; output: Sizes; gzip: { input: number; output: number } };
    expect(Math.abs(output.bytes - input.bytes)).toBeLessThan(1000);
    expect(gzip.output).toBeLessThan(gzip.input * 0.8);
    const { stdout } = await cli(['prune', mlp, dir.path('again.onnx'), '--amount', '0.4', '--no-verify']);
    expect(stdout).toMatch(/zeros, not holes: .* no faster; only gzip gains/);
    expect(readFileSync(dir.path('again.onnx'))).toEqual(readFileSync(dir.path('sparse.onnx')));
  });

  it.each([
    ['PP-OCR cls', cls, clsDims, 0.65],
    ['blazeface', face, [], 0.9],
  ])('channels of %s: really smaller, tried before it is put in place; what is locked is named', { timeout: 60_000 }, async (_, model, dims, most) => {
    const { status, json, stderr } = await cliJson(['prune', model, dir.path('small.onnx'), '--amount', '0.3', '--structured', '--data', 'random:1', ...dims]);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'prune')).toEqual([]);
    const { input, output, skipped } = json as unknown as { input: Sizes; output: Sizes; skipped: { code: string; node: string }[] };
    expect(output.bytes / input.bytes).toBeLessThan(most);
    expect([json.verified, output.nodes]).toEqual(['ran', input.nodes]);
    expect(skipped.filter(({ code }) => code === 'locked').every(({ node }) => node !== '')).toBe(true);
  });

  it('says where odd numbers of channels would run slowly', async () => {
    const argv = ['prune', face, dir.path('small.onnx'), '--amount', '0.3', '--structured', '--no-verify'];
    expect((await cli(argv)).stdout).toMatch(/1 of 1 groups of convolutions .* no multiple of 8.*--multiple-of 8/);
    expect((await cli([...argv, '--multiple-of', '8'])).stdout).not.toContain('multiple of 8');
  });

  it.each([
    [['--amount', '1'], 1, 'prune/amount'],
    [['--amount', '-0.1'], 1, 'prune/amount'],
    [['--amount', 'much'], 2, 'cli/option-value'],
    [[], 2, 'cli/usage'],
    [['--amount', '0.3', '--multiple-of', '8'], 2, 'cli/usage'],
    [['--amount', '0.3', '--structured', '--scope', 'global'], 2, 'cli/usage'],
    [['--amount', '0.3', '--importance', 'l2'], 2, 'cli/usage'],
  ])('%j is refused, and nothing is written', async (words, status, code) => {
    const ran = await cliJson(['prune', mlp, dir.path('out.onnx'), ...words]);
    expect([ran.json.error && errorOf(ran.json).code, existsSync(dir.path('out.onnx'))]).toEqual([code, false]);
    expect([status, 2]).toContain(ran.status);
  });

  it('everything locked is an error that counts the reasons', async () => {
    const { status, json } = await cliJson(['prune', fixture('skl-forest.onnx'), dir.path('out.onnx'), '--amount', '0.3', '--structured']);
    expect([status, errorOf(json).code]).toEqual([1, 'onnx-io/nothing-changed']);
  });
});

describe('distill', () => {
  it('a student learns from the teacher, with its score and that of the teacher', { timeout: 60_000 }, async () => {
    const argv = ['distill', '--teacher', mlp, '--student', await student(), '--data', 'digits', '--epochs', '12', '--lr', '0.01', dir.path('out.onnx')];
    const { status, json, stderr } = await cliJson(argv);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'distill')).toEqual([]);
    expect((json.metric as { value: number }).value).toBeGreaterThan(0.8);
    expect(json).toMatchObject({
      metric: { name: 'accuracy', on: 'test', n: 360 },
      teacher: { path: mlp, metric: { n: 360 } },
      losses: [{ name: 'softLabels', options: { temperature: 4, alpha: 0.9 } }],
      verified: 'ran',
    });
  });

  it('makes the student of the teacher, and needs no labels', { timeout: 60_000 }, async () => {
    const teacher = await student();
    const argv = ['distill', '--teacher', teacher, '--shrink', '0.5', '--data', 'random:64', '--epochs', '1', dir.path('half.onnx')];
    const { status, json, stderr } = await cliJson(argv);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'distill')).toEqual([]);
    expect(json).toMatchObject({ metric: null, student: { path: null, shrink: 0.5 }, losses: [{ options: { alpha: 1 } }] });
    expect((json.student as { bytes: number }).bytes).toBeLessThan(readFileSync(teacher).length * 0.6);
  });

  it('joins a value inside through a projection that is absent from the file', { timeout: 60_000 }, async () => {
    const { json: inside } = await cliJson(['inspect', mlp, '--shapes']);
    const hidden = (inside.values as { name: string; dims: unknown[] | null }[]).find(({ name }) => /relu/i.test(name) || /next_activations/.test(name));
    expect(hidden).toBeDefined();
    const small = await student();
    const { json: own } = await cliJson(['inspect', small, '--shapes']);
    const value = (own.values as { name: string; dims: unknown[] | null }[]).find(
      ({ dims }) => dims?.length === 2 && typeof dims[0] !== 'number' && dims[1] === 32,
    )!.name;
    const argv = ['distill', '--teacher', mlp, '--student', small, '--data', 'digits', '--epochs', '1', '--hidden', `${value}=${hidden!.name}`];
    const { status, json, stderr } = await cliJson([...argv, dir.path('out.onnx')]);
    expect(status, stderr).toBe(0);
    expect(json.losses).toHaveLength(2);
    expect((json.student as { bytes: number }).bytes).toBeLessThan(readFileSync(small).length + 500);
  });

  it.each<[string, string[], number, string]>([
    ['no teacher', ['--student', mlp, '--data', 'digits'], 2, 'cli/usage'],
    ['no student', ['--teacher', mlp, '--data', 'digits'], 2, 'cli/usage'],
    ['two students', ['--teacher', mlp, '--student', mlp, '--shrink', '0.5', '--data', 'digits'], 2, 'cli/usage'],
    ['no data', ['--teacher', mlp, '--student', mlp], 2, 'cli/usage'],
    ['labels that are not there', ['--teacher', mlp, '--student', mlp, '--data', 'random:8', '--alpha', '0.5'], 1, 'cli/no-labels'],
    ['a temperature of 0', ['--teacher', mlp, '--student', mlp, '--data', 'digits', '--temperature', '0'], 2, 'distill/bad-option'],
    ['a value that is not there', ['--teacher', mlp, '--student', mlp, '--data', 'digits', '--hidden', 'a=b'], 2, 'distill/bad-option'],
    ['half a pair', ['--teacher', mlp, '--student', mlp, '--data', 'digits', '--hidden', 'a'], 2, 'cli/option-value'],
    // The error names the node.
    ['a net with four outputs', ['--teacher', face, '--shrink', '0.5', '--data', 'random:8'], 1, 'train/no-gradient'],
    ['a net with an operator that has no gradient', ['--teacher', cls, '--shrink', '0.5', '--data', 'random:8', ...clsDims], 1, 'train/no-gradient'],
  ])('%s is refused', { timeout: 30_000 }, async (_, words, __, code) => {
    const ran = await cliJson(['distill', ...words, dir.path('out.onnx')]);
    expect(errorOf(ran.json).code).toBe(code);
    if (code === 'train/no-gradient') expect((ran.json.error as { where: { node?: string } }).where.node).toMatch(/./);
    expect(ran.status).toBeGreaterThan(0);
    expect(existsSync(dir.path('out.onnx'))).toBe(false);
  });
});

describe('optimize', () => {
  it('stops when the budget is met: table, report and models in the folder, paths relative to it', { timeout: 90_000 }, async () => {
    const argv = ['optimize', mlp, '--data', 'digits', '--budget', 'size=150kB,drop=2%', '--out', dir.path('diet')];
    const { status, json, stderr } = await cliJson(argv);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'results')).toEqual([]);
    const { variants, chosen } = json as unknown as { variants: { name: string; path: string; bytes: number }[]; chosen: string };
    const winner = variants.find(({ name }) => name === chosen)!;
    expect(winner.bytes).toBeLessThanOrEqual(150_000);
    expect(readFileSync(dir.path(`diet/${winner.path}`)).length).toBe(winner.bytes);
    expect(json).toMatchObject({ judgedOn: 'digits, validation', verdict: { met: true } });
    expect(JSON.parse(readFileSync(dir.path('diet/results.json'), 'utf8'))).toEqual(json);
    expect(readFileSync(dir.path('diet/report.html'), 'utf8')).toContain(winner.name);
    expect(dir.list()).toEqual(['diet']);
  });

  it('needs neither data nor budget, also for a convolutional net with a fixed batch', { timeout: 120_000 }, async () => {
    const { status, json, stderr } = await cliJson(['optimize', face, '--out', dir.path('diet')]);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'results')).toEqual([]);
    expect(json).not.toHaveProperty('chosen');
    expect(json.judgedOn).toBe('random:32');
    const names = (json.variants as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['original', 'float16', 'int8', 'pruned 30 %']));
    expect((json.variants as { agreement: { metric: string } }[])[0]!.agreement.metric).toBe('cosine');
    expect((json.skipped as { technique: string }[]).map(({ technique }) => technique)).toContain('static int8');
  });

  it('alone gives the table, and writes nothing', { timeout: 90_000 }, async () => {
    const { status, json, stderr } = await cliJson(['optimize', mlp, '--budget', 'size=150kB']);
    expect(status, stderr).toBe(0);
    expect(problemsOf(json, 'results')).toEqual([]);
    expect((json.variants as { path: string | null }[]).map(({ path }) => path)).toEqual((json.variants as unknown[]).map(() => null));
    expect(dir.list()).toEqual([]);
  });

  it('says what binds, with status 1, and the table all the same', { timeout: 90_000 }, async () => {
    const ran = await cliJson(['optimize', mlp, '--budget', 'size=1kB', '--out', dir.path('diet')]);
    expect([ran.status, errorOf(ran.json).code]).toEqual([1, 'cli/over-budget']);
    expect(errorOf(ran.json).message).toMatch(/sizeBytes .* the best is .* by '/);
    expect(problemsOf(ran.json, 'results')).toEqual([]);
    expect(JSON.parse(readFileSync(dir.path('diet/results.json'), 'utf8'))).toMatchObject({ verdict: { met: false, binding: ['sizeBytes'] } });
  });

  it.each([
    [['--out', 'x/y/z'], 'cli/output-path'],
    [['--budget', 'size=huge', '--out', 'diet'], 'cli/budget-syntax'],
    [['--budget', 'drop=100%', '--out', 'diet'], 'pipeline/budget'],
    [['--preset', 'fridge', '--out', 'diet'], 'cli/option-value'],
    [['--preset', 'web', '--budget', 'download=1MB', '--out', 'diet'], 'pipeline/budget-impossible'],
  ])('%j is refused, and nothing is written', async (words, code) => {
    const argv = words.map((word) => (word.startsWith('diet') || word.startsWith('x/') ? dir.path(word) : word));
    const { status, json } = await cliJson(['optimize', mlp, ...argv]);
    expect(errorOf(json).code).toBe(code);
    expect(status).toBeGreaterThan(0);
    expect(dir.list()).toEqual([]);
  });

  it('stops at Ctrl-C with 130, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const argv = ['optimize', cls, ...clsDims, '--out', dir.path('diet'), '--verbose'];
    const { status, stderr } = await bin(argv, (child) => void child.stderr!.once('data', () => setTimeout(() => child.kill('SIGINT'), 1500)));
    expect(status, stderr).toBe(130);
    expect(dir.list()).toEqual([]);
  });
});

describe('images of a folder', () => {
  it('calibrate and are run on: size, layout and channels are read off the input', { timeout: 90_000 }, async () => {
    const folder = photos(3);
    const small = dir.path('small.onnx');
    const quantized = await cliJson([
      'quantize',
      cls,
      small,
      '--mode',
      'static',
      '--calibration',
      folder,
      '--data',
      folder,
      ...clsDims,
      '--images',
      'mean=0.5,std=0.5',
    ]);
    expect(quantized.status, quantized.stderr).toBe(0);
    expect((quantized.json.compared as { feeds: string }).feeds).toBe(folder);
    const compared = await cliJson(['compare', cls, small, '--data', folder, ...clsDims]);
    expect(compared.status, compared.stderr).toBe(0);
    expect((compared.json.accuracy as { a: { n: number } }).a.n).toBe(6);
    const bench = await cliJson(['bench', face, '--data', folder]);
    expect(bench.status, bench.stderr).toBe(0);
  });

  it('cli/no-image-input where the model takes none', async () => {
    const { status, json } = await cliJson(['bench', mlp, '--data', photos(1)]);
    expect([status, errorOf(json).code]).toEqual([2, 'cli/no-image-input']);
  });
});

describe('profile --trace', () => {
  it('writes what Perfetto opens', { timeout: 30_000 }, async () => {
    const { status, stdout } = await cli(['profile', mlp, '--runs', '3', '--trace', dir.path('trace.json')]);
    expect(status).toBe(0);
    expect(stdout).toContain('ui.perfetto.dev');
    const { traceEvents } = JSON.parse(readFileSync(dir.path('trace.json'), 'utf8')) as { traceEvents: { ph: string; ts: number; dur: number }[] };
    expect(traceEvents.filter(({ ph }) => ph === 'X').length).toBeGreaterThan(3);
    expect(dir.list()).toEqual(['trace.json']);
  });
});
