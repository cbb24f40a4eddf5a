// Any .onnx file: dropped or chosen, weighed, quantized, compared, timed, and given back. Every step's failure is said, and the steps that need no answer of it go on.
import { byId, el, sentence } from '../dom';
import type { Failure, FileQuestions } from '../questions';
import { type Ask, asker } from '../rpc';
import { parseDims } from './dims';
import { type FileResult, fileResult } from './file-result';

const newWorker = (): Worker => new Worker(new URL('../worker/file.worker.ts', import.meta.url), { type: 'module', name: 'file' });
const int8Name = (name: string): string => `${name.replace(/\.onnx$/i, '')}.int8.onnx`;

/** The part of the page. */
export function filePart(): void {
  const drop = byId('drop');
  const input = byId<HTMLInputElement>('file');
  const dims = byId<HTMLInputElement>('dims');
  const again = byId<HTMLButtonElement>('again');
  const stop = byId<HTMLButtonElement>('stop');
  const said = byId('file-said');
  const problems = byId('file-problems');
  let worker: Worker | undefined;
  let ask: Ask<FileQuestions> | undefined;
  let stopping: AbortController | undefined;
  let last: File | undefined;

  const problem = (what: string, e: unknown): void => problems.append(el('p', {}, el('b', {}, what), ` ${sentence(e)}`));
  const busy = (on: boolean): void => {
    stop.hidden = !on;
    again.disabled = on || !last;
    drop.classList.toggle('busy', on);
  };
  /** Ends what runs; a run inside WebAssembly listens to nothing, so its worker goes with it. */
  const halt = (why: string): void => {
    stopping?.abort(new Error(why));
    if (!stopping) return;
    worker?.terminate();
    worker = ask = undefined;
  };
  const asking = (): Ask<FileQuestions> => {
    if (!worker || !ask) {
      worker = newWorker();
      ask = asker<FileQuestions>(worker);
    }
    return ask;
  };

  async function examine(file: File, result: FileResult, signal: AbortSignal): Promise<void> {
    const to = asking();
    const given = parseDims(dims.value);
    const work = {
      signal,
      onProgress: ({ phase, done, total, unit }: { phase: string; done: number; total?: number; unit: string }): void => {
        said.textContent = `${phase}: ${done}${total ? ` of ${total}` : ''} ${unit}`;
      },
    };
    /** A step; undefined when it failed, which is said. */
    const step = async <R>(words: string, job: () => Promise<R>): Promise<R | undefined> => {
      said.textContent = `${words} ...`;
      try {
        return await job();
      } catch (e) {
        if (signal.aborted) return undefined;
        problem(`${words}:`, e);
        // The one that can be cured right here.
        if ((e as Failure).code === 'runtime/unbound-dim') dims.focus();
        return undefined;
      }
    };
    const opened = await step('Reading', async () => to('open', new Uint8Array(await file.arrayBuffer()), work));
    if (!opened) return;
    result.opened(file.name, opened);
    const quantized = await step('Quantizing to int8', () => to('quantize', undefined, work));
    if (!quantized) {
      const time = await step('Timing it as it is', () => to('timeAlone', given, work));
      if (time) result.timedAlone(time);
      return;
    }
    result.quantized(int8Name(file.name), quantized);
    const agreement = await step('Comparing the answers', () => to('agree', given, work));
    if (!agreement) return;
    result.agreement(agreement.outputs, agreement.feeds);
    const times = await step('Timing both in turn', () => to('time', given, work));
    if (times) result.timed(times);
  }

  const start = async (file: File): Promise<void> => {
    halt('another file came');
    last = file;
    const { signal } = (stopping = new AbortController());
    const result = fileResult();
    problems.replaceChildren();
    byId('file-result').hidden = true;
    busy(true);
    try {
      await examine(file, result, signal);
    } catch (e) {
      if (!signal.aborted) problem('', e);
    }
    // A newer file has taken over: its words stand.
    if (stopping?.signal !== signal) return;
    stopping = undefined;
    said.textContent = signal.aborted ? 'Stopped.' : problems.childElementCount ? 'Done, with a problem.' : 'Done.';
    busy(false);
  };

  input.addEventListener('change', () => {
    const file = input.files?.[0];
    // The same file may be chosen again.
    if (file) void start(file).finally(() => void (input.value = ''));
  });
  for (const type of ['dragenter', 'dragover'] as const)
    addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) drop.classList.remove('over');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const file = event.dataTransfer?.files[0];
    if (file) void start(file);
  });
  byId('dims-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (last) void start(last);
  });
  stop.addEventListener('click', () => halt('stopped'));
}
