// What is wrong with an input is said by code and place, with status 1, and nothing is left behind.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { graphBuilder, type Model, saveModel } from '@modeldiet/onnx-io';
import { tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { cliJson, fixture, ocr, root, scratch } from './run';
import { problemsOf } from './schema';

const dir = scratch();
const mlp = fixture('skl-mlp.onnx');
const rec = ocr('ch_PP-OCRv4_rec_infer.onnx');

const write = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(dir.path(name), bytes);
  return dir.path(name);
};
const save = async (name: string, model: Model): Promise<string> => write(name, (await saveModel(model)).bytes);

/** y = x W with one weight of W that is not a number. */
function withNaN(): Model {
  const g = graphBuilder();
  const weights = new Float32Array(64 * 64).fill(0.5);
  weights[77] = Number.NaN;
  g.output(g.op('MatMul', [g.input('x', 'float32', ['batch', 64]), g.constant('w', tensor('float32', weights, [64, 64]))]), 'y');
  return g.model();
}

/** Runs, and demands status 1, an error of the schema, a human line, and no file but those that were there. */
async function refused(argv: readonly string[], code: string, place: RegExp): Promise<void> {
  const before = dir.list();
  const { status, json, stderr } = await cliJson(argv);
  expect([status, (json.error as { code?: string } | undefined)?.code]).toEqual([1, code]);
  expect(problemsOf(json, 'error')).toEqual([]);
  expect(JSON.stringify(json.error)).toMatch(place);
  expect(stderr).toContain(`[${code}]`);
  expect(dir.list()).toEqual(before);
}
const quantizeArgs = (input: string): string[] => ['quantize', input, dir.path('out.onnx'), '--mode', 'dynamic'];

describe('a file that is no model', () => {
  it('truncated', () => refused(quantizeArgs(write('cut.onnx', readFileSync(mlp).subarray(0, 100_000))), 'onnx-io/truncated', /cut\.onnx/));
  it('empty', () => refused(quantizeArgs(write('empty.onnx', '')), 'onnx-io/empty-file', /empty\.onnx/));
  it('a directory', () => refused(quantizeArgs(root), 'onnx-io/not-a-file', /folder/));
  it('not there', () => refused(quantizeArgs(dir.path('none.onnx')), 'onnx-io/not-found', /none\.onnx/));

  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n';
  const header = '{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}';
  const safetensors = Buffer.concat([Buffer.from(new BigUint64Array([BigInt(header.length)]).buffer), Buffer.from(header), Buffer.alloc(16)]);
  it.each([
    ['a Git LFS pointer', 'lfs.onnx', lfs, /LFS/],
    ['an HTML page', 'page.onnx', '<!DOCTYPE html>\n<html><body>404</body></html>', /HTML/],
    ['safetensors', 'model.safetensors', safetensors, /safetensors/i],
    ['GGUF', 'model.gguf', Buffer.concat([Buffer.from('GGUF\x03\0\0\0'), Buffer.alloc(64)]), /gguf/i],
    ['a PyTorch checkpoint', 'model.pt', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(80, 1)]), /PyTorch|zip/i],
  ])('%s', (_, name, bytes, says) => refused(quantizeArgs(write(name, bytes)), 'onnx-io/not-onnx', says));
});

describe('a model that cannot be done', () => {
  it('NaN in a weight names it', async () => refused(quantizeArgs(await save('nan.onnx', withNaN())), 'quantize/not-finite', /"w"|MatMul/));
  it('calibration data that is not a number', () => {
    const feeds = write('feeds.mjs', "export default [{ x: { type: 'float32', dims: [1, 64], data: new Float32Array(64).fill(NaN) } }];");
    return refused(['quantize', mlp, dir.path('out.onnx'), '--mode', 'static', '--calibration', feeds], 'quantize/calibration-not-finite', /item 0/);
  });
  it('calibration data of another shape', () => {
    const feeds = write('feeds.mjs', "export default [{ x: { type: 'float32', dims: [1, 63], data: new Float32Array(63) } }];");
    return refused(['quantize', mlp, dir.path('out.onnx'), '--mode', 'static', '--calibration', feeds], 'runtime/feeds-mismatch', /64/);
  });
  it('blocks that the target has no operator for', () =>
    refused(['quantize', mlp, dir.path('out.onnx'), '--mode', 'weights', '--bits', '4', '--block', '33'], 'quantize/target-lacks', /33/));
  it('nothing to quantize', () => refused(quantizeArgs(fixture('skl-forest.onnx')), 'onnx-io/nothing-changed', /quantizeDynamic/));

  it('a data file that is missing', async () => {
    const g = graphBuilder();
    g.output(g.op('MatMul', [g.input('x', 'float32', ['n', 64]), g.constant('w', tensor('float32', new Float32Array(4096).fill(1), [64, 64]))]), 'y');
    const { bytes } = await saveModel(g.model(), { externalData: { threshold: 0 } } as never);
    await refused(quantizeArgs(write('outside.onnx', bytes)), 'onnx-io/external-missing', /outside\.onnx/);
  });
});

describe('feeds that do not fit', () => {
  it('of another rank', () => {
    const feeds = write('feeds.mjs', "export default [{ x: { type: 'float32', dims: [1, 3, 48], data: new Float32Array(144) } }];");
    return refused(['quantize', rec, dir.path('out.onnx'), '--mode', 'dynamic', '--data', feeds], 'runtime/feeds-mismatch', /\bx\b/);
  });
  it('made of no tensors', () => {
    const feeds = write('feeds.mjs', 'export default [{ x: [1, 2, 3] }];');
    return refused(['compare', mlp, mlp, '--data', feeds], 'data/feeds', /item 0/);
  });
  it('from a module without feeds', () => refused(['compare', mlp, mlp, '--data', write('empty.mjs', 'export const x = 1;')], 'data/feeds', /export/));
  it('with a cell that is no number', () => refused(['compare', mlp, mlp, '--data', write('t.csv', 'a,b,label\n1,2,0\n1,x,1\n')], 'data/cell', /x/));
});

describe('an output that cannot be written', () => {
  const to = (output: string): string[] => ['quantize', mlp, output, '--mode', 'dynamic'];
  it('in a folder that does not exist', () => refused(to(dir.path('no/such/out.onnx')), 'cli/output-path', /no\/such/));
  it('where a folder is', () => {
    mkdirSync(dir.path('folder'));
    return refused(to(dir.path('folder')), 'cli/output-path', /folder/);
  });
  // Not even root may make a file there.
  it.skipIf(process.platform !== 'linux')('where nothing can be written', () => refused(to('/proc/out.onnx'), 'onnx-io/write-failed', /\/proc/));
  it('on a device', () => refused(to('/dev/null'), 'cli/output-path', /regular file/));
});

describe('a runtime that refuses', () => {
  it('keeps the file from its place, with the runtime\u2019s words', async () => {
    const g = graphBuilder({ opsets: { 'my.domain': 1 } });
    const x = g.input('x', 'float32', ['n', 64]);
    const y = g.op('MatMul', [x, g.constant('w', tensor('float32', new Float32Array(4096).fill(1), [64, 64]))]);
    g.output(g.op('my.domain:Nothing', [y]), 'y', { dtype: 'float32', dims: ['n', 64] });
    const input = await save('custom.onnx', g.model());
    await refused(quantizeArgs(input), 'cli/verify-failed', /custom|out\.onnx/);
    const { status } = await cliJson([...quantizeArgs(input), '--no-verify']);
    expect(status).toBe(0);
  });
});

describe('a runtime that dies', () => {
  const args = (): string[] => ['quantize', fixture('vit.dynamo.onnx'), dir.path('out.onnx'), '--mode', 'float16', '--compute', 'float16'];
  // ONNX Runtime 1.30 on x86; what it does elsewhere is its own affair.
  it.skipIf(process.arch !== 'x64' || process.platform !== 'linux')('dies in a process of its own, and its signal is named', { timeout: 60_000 }, () =>
    refused(args(), 'cli/verify-failed', /SIGSEGV|SIGABRT/),
  );
});

describe('words that are off end with 2, usage, and the error object', () => {
  it.each([
    [['quantize', mlp, 'out.onnx'], 'cli/usage'],
    [['quantize', mlp, 'out.onnx', '--mode', 'ternary'], 'cli/option-value'],
    [['quantize', mlp, 'out.onnx', '--mode', 'float16', '--granularity', 'perAxis'], 'cli/usage'],
    [['quantize', mlp, 'out.onnx', '--mode', 'static'], 'cli/usage'],
    [['quantize', mlp, 'out.onnx', '--mode', 'weights', '--bits', '3'], 'cli/option-value'],
    [['quantize', mlp, 'out.onnx', '--mode', 'weights', '--block', '32'], 'cli/usage'],
    [['quantize', mlp, 'out.onnx', '--mode', 'weights', '--bits', '4', '--granularity', 'perAxis'], 'cli/usage'],
    [['compare', mlp, mlp, '--require', 'bites<=1'], 'cli/require-syntax'],
    [['compare', mlp, mlp, '--data', 'digit'], 'cli/unknown-data'],
    [['inspect', mlp, '--dims', 'nobody=3'], 'cli/unknown-input'],
    [['train', mlp, 'out.onnx'], 'cli/usage'],
    [['frobnicate'], 'cli/usage'],
  ])('%j', async (argv, code) => {
    const { status, json, stderr } = await cliJson(argv);
    expect([status, (json.error as { code: string }).code]).toEqual([2, code]);
    expect(problemsOf(json, 'error')).toEqual([]);
    expect(stderr).toContain('usage: modeldiet');
  });
});
