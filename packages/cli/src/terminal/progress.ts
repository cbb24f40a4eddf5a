// One line of progress on a terminal's stderr, at most ten times a second, wiped before anything else is written. No terminal, no progress.
import type { Progress } from '@modeldiet/tensor';
import type { Stream } from '../io';

export interface ProgressLine {
  update(progress: Progress): void;
  /** Wipes the line; the next update draws it again. */
  clear(): void;
}

const everyMs = 100;
const width = 18;
const wipe = '\r\u001b[2K';

/** 'quantize ████░░░░ 3/12 nodes  /conv1/Conv'. */
export function progressText({ phase, done, total, unit, item }: Progress, columns: number): string {
  const share = total ? Math.min(1, done / total) : undefined;
  const filled = share === undefined ? 0 : Math.round(share * width);
  const bar = share === undefined ? '' : ` ${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
  const count =
    unit === 'bytes' ? `${(done / 1e6).toFixed(1)}${total ? ` of ${(total / 1e6).toFixed(1)}` : ''} MB` : `${done}${total ? `/${total}` : ''} ${unit}`;
  const text = `${phase}${bar} ${count}${item ? `  ${item}` : ''}`;
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}

export function progressLine(stream: Stream, shown: boolean, now: () => number = () => performance.now()): ProgressLine {
  let last = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    update(progress) {
      if (!shown || !stream.isTTY || now() - last < everyMs) return;
      last = now();
      drawn = true;
      stream.write(wipe + progressText(progress, stream.columns ?? 80));
    },
    clear() {
      if (!drawn) return;
      drawn = false;
      stream.write(wipe);
    },
  };
}
