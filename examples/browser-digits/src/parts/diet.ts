// Two sliders set the bits and the zeros of a model that is made, scored and answers as they move; then the whole line of these bits is scored.
import { byId, bytesText, percent, sentence } from '../dom';
import { latest } from '../latest';
import type { Diet, LabQuestions, Score } from '../questions';
import type { Ask } from '../rpc';
import type { AnswerCards } from './answers';
import { accuracyChart } from './chart';

const amounts = Array.from({ length: 20 }, (_, i) => i * 5).map((share) => share / 100);

/** The part of the page. `onChange` is called when a new model answers; the returned function scores where the sliders stand. */
export function dietPart(ask: Ask<LabQuestions>, cards: AnswerCards, onChange: () => void): () => void {
  const bits = byId<HTMLInputElement>('bits');
  const prune = byId<HTMLInputElement>('prune');
  const said = byId('diet-said');
  const chart = accuracyChart();
  const moving = latest((e) => void (said.textContent = sentence(e)));
  const dietNow = (): Diet => ({ bits: bits.valueAsNumber, amount: prune.valueAsNumber / 100 });

  const show = (score: Score): void => {
    byId('diet-accuracy').textContent = `${percent(score.accuracy, 1)} (${score.ci95.map((x) => (100 * x).toFixed(1)).join(' to ')})`;
    byId('diet-bytes').textContent = bytesText(score.bytes);
    byId('diet-gzip').textContent = bytesText(score.gzip);
    cards.score('diet', score);
  };
  const update = (delayMs: number): void => {
    const diet = dietNow();
    byId('bits-out').textContent = String(diet.bits);
    byId('prune-out').textContent = percent(diet.amount);
    prune.setAttribute('aria-valuetext', percent(diet.amount));
    chart.choose(diet);
    said.textContent = 'Making and scoring the model ...';
    moving.run(async (signal) => {
      const score = await ask('diet', { ...diet, keep: true }, { signal });
      show(score);
      chart.add(diet, score);
      said.textContent = `${diet.bits} bits, ${percent(diet.amount)} zeros: ${percent(score.accuracy, 1)} of ${score.n} test digits right.`;
      onChange();
      for (const amount of amounts) {
        const point = { bits: diet.bits, amount };
        if (!chart.has(point)) chart.add(point, await ask('diet', { ...point, keep: false }, { signal }));
      }
    }, delayMs);
  };
  for (const slider of [bits, prune]) slider.addEventListener('input', () => update(80));
  return () => update(0);
}
