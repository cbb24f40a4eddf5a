import { describe, expect, it } from 'vitest';
import { progressLine, progressText } from './progress';

const stream = (isTTY: boolean) => {
  const written: string[] = [];
  return { written, isTTY, columns: 60, write: (text: string) => written.push(text) };
};

describe('progress', () => {
  it('says phase, share, count and item within the width', () => {
    expect(progressText({ phase: 'quantize', done: 3, total: 6, unit: 'nodes', item: '/conv1' }, 80)).toBe('quantize █████████░░░░░░░░░ 3/6 nodes  /conv1');
    expect(progressText({ phase: 'train', done: 10, unit: 'steps' }, 80)).toBe('train 10 steps');
    expect(progressText({ phase: 'write', done: 2e6, total: 4e6, unit: 'bytes' }, 80)).toBe('write █████████░░░░░░░░░ 2.0 of 4.0 MB');
    expect(progressText({ phase: 'quantize', done: 1, total: 2, unit: 'nodes', item: 'x'.repeat(200) }, 60)).toHaveLength(59);
  });

  it('writes to a terminal only, ten times a second at most, and wipes', () => {
    let now = 0;
    const tty = stream(true);
    const line = progressLine(tty, true, () => now);
    const update = { phase: 'p', done: 1, unit: 'steps' } as const;
    line.clear();
    for (now = 0; now < 1000; now += 10) line.update(update);
    expect(tty.written).toHaveLength(10);
    line.clear();
    line.clear();
    expect(tty.written.at(-1)).toBe('\r\u001b[2K');
    expect(tty.written).toHaveLength(11);
    const pipe = stream(false);
    progressLine(pipe, true).update(update);
    const quiet = stream(true);
    progressLine(quiet, false).update(update);
    expect([...pipe.written, ...quiet.written]).toEqual([]);
  });
});
