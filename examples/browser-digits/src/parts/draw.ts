// Draw a digit: all models answer while the pen moves, and are timed against each other when it rests.
import { byId, percent, sentence } from '../dom';
import { latest } from '../latest';
import { type Contender, contenders, type Faster, type LabQuestions } from '../questions';
import type { Ask } from '../rpc';
import type { AnswerCards } from './answers';
import { type Drawing, drawingPad } from './pad';

const spoken: Readonly<Record<Contender, string>> = { float32: 'float32', int8: 'int8', diet: 'your diet' };

function verdict(all: Readonly<Record<Contender, readonly number[]>>): string {
  const says = contenders.map((name) => {
    const best = Math.max(...all[name]);
    return `${spoken[name]}: ${all[name].indexOf(best)} (${percent(best)})`;
  });
  return `${says.join(', ')}.`;
}

const speed = ({ ratio, ci95, verdict: side }: Faster): string => {
  const interval = `95 % interval ${ci95.map((x) => x.toFixed(2)).join(' to ')}`;
  if (side === 'level') return `int8 and float32 are equally fast here (ratio ${ratio.toFixed(2)}, ${interval}).`;
  const small = side === 'slower' ? ' A network this small is all overhead: int8 saves bytes here, not time.' : '';
  return `int8 takes ${(1 / ratio).toFixed(2)} of the time of float32 (${interval} times as fast).${small}`;
};

/** The part of the page; the returned function asks again for the drawing at hand, after the diet has changed. */
export function drawPart(ask: Ask<LabQuestions>, cards: AnswerCards): () => void {
  const out = byId('said');
  const failed = (e: unknown): void => void (out.textContent = sentence(e));
  const answering = latest(failed);
  const timing = latest(failed);
  let drawing: Drawing = { digit: undefined, done: true };

  const update = (): void => {
    const { digit, done } = drawing;
    timing.stop();
    cards.timings(undefined);
    answering.run(async (signal) => {
      if (!digit) {
        cards.answers(undefined);
        out.textContent = '';
        return;
      }
      const all = await ask('predict', digit, { signal });
      cards.answers(all);
      if (!done) return;
      out.textContent = verdict(all);
      timing.run(async (stop) => {
        const { timings, int8 } = await ask('time', digit, { signal: stop });
        cards.timings(timings);
        out.textContent = `${verdict(all)} ${speed(int8)}`;
      }, 400);
    });
  };
  drawingPad((next) => {
    drawing = next;
    update();
  });
  return update;
}
