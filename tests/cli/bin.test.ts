// The installed program in processes of its own: what goes to which stream, statuses, Ctrl-C.
import type { spawn } from 'node:child_process';
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

  it('does not mind a reader that goes away', { timeout: 30_000 }, async () => {
    const { status, stderr } = await bin(
      ['inspect', ocr('ch_PP-OCRv4_rec_infer.onnx'), '--shapes', '--tree', '--json'],
      (child) => void child.stdout!.destroy(),
    );
    expect([status, stderr]).toEqual([0, '']);
  });

  // --verbose tells which runtime was found: from then on the work goes on.
  const stopOnceBusy = (child: ReturnType<typeof spawn>, afterMs: number): void => {
    child.stderr!.once('data', () => setTimeout(() => child.kill('SIGINT'), afterMs));
  };

  it('stops at Ctrl-C with 130, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const argv = ['train', mlp, dir.path('out.onnx'), '--data', 'digits', '--epochs', '100000', '--json', '--verbose'];
    const { status, stderr, stdout } = await bin(argv, (child) => stopOnceBusy(child, 1000));
    expect(status, stderr).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli/interrupted', kind: 'interrupted' } });
    expect(stderr).toContain('stopped');
    expect(dir.list()).toEqual([]);
  });

  it('stops in the middle of trying a file, too', { timeout: 60_000 }, async () => {
    const argv = [
      'quantize',
      ocr('ch_PP-OCRv4_det_infer.onnx'),
      dir.path('det.onnx'),
      '--mode',
      'dynamic',
      '--dims',
      'x=1x3x640x640',
      '--data',
      'random:500',
      '--verbose',
    ];
    const { status, stderr } = await bin(argv, (child) => stopOnceBusy(child, 4000));
    expect(status, stderr).toBe(130);
    expect(dir.list()).toEqual([]);
  });
});
