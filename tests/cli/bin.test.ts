// The installed program in processes of its own: what goes to which stream, statuses, Ctrl-C.
import { describe, expect, it } from 'vitest';
import { bin, fixture, ocr, scratch } from './run';

const dir = scratch();
const mlp = fixture('skl-mlp.onnx');

describe('bin/modeldiet.mjs', () => {
  it('prints JSON and nothing else on stdout', { timeout: 30_000 }, async () => {
    const { status, stdout, stderr } = await bin(['inspect', mlp, '--json']);
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ file: mlp });
  });

  it('ends with 1 and 2, and speaks on stderr', { timeout: 30_000 }, async () => {
    const failed = await bin(['inspect', dir.path('none.onnx')]);
    expect([failed.status, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toContain('[onnx-io/not-found]');
    const wrong = await bin(['inspekt']);
    expect([wrong.status, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('did you mean inspect?');
  });

  it('stops at Ctrl-C with 130, and leaves nothing behind', { timeout: 30_000 }, async () => {
    const started = performance.now();
    const { status, stderr, stdout } = await bin(['train', mlp, dir.path('out.onnx'), '--data', 'digits', '--epochs', '100000', '--json'], (child) => {
      setTimeout(() => child.kill('SIGINT'), 2500);
    });
    expect(status, stderr).toBe(130);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli/interrupted', kind: 'interrupted' } });
    expect(stderr).toContain('stopped');
    expect(dir.list()).toEqual([]);
  });

  it('stops in the middle of trying a file, too', { timeout: 30_000 }, async () => {
    const argv = ['quantize', ocr('ch_PP-OCRv4_det_infer.onnx'), dir.path('det.onnx'), '--mode', 'dynamic', '--dims', 'x=1x3x640x640', '--data', 'random:500'];
    const { status, stderr } = await bin(argv, (child) => void setTimeout(() => child.kill('SIGINT'), 5000));
    expect(status, stderr).toBe(130);
    expect(dir.list()).toEqual([]);
  });
});
