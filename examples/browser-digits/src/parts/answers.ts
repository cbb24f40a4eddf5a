// What each model answers: the digit, ten bars, and what the model costs.
import { byId, bytesText, el, percent, timeText } from '../dom';
import { type Contender, contenders, type Score, type Timing } from '../questions';

const titles: Readonly<Record<Contender, string>> = { float32: 'float32', int8: 'int8', diet: 'your diet' };
const figures = ['file', 'gzipped', 'test accuracy', 'one answer'] as const;
type Figure = (typeof figures)[number];

interface Card {
  readonly root: HTMLElement;
  answer(probabilities: readonly number[] | undefined): void;
  figure(name: Figure, text: string): void;
}

function card(name: Contender): Card {
  const digit = el('p', { class: 'digit' }, '–');
  const rows = Array.from({ length: 10 }, (_, i) => {
    const fill = el('span', { class: 'fill' });
    const value = el('span', { class: 'value' });
    return { row: el('li', {}, el('span', { class: 'label' }, String(i)), el('span', { class: 'bar', 'aria-hidden': 'true' }, fill), value), fill, value };
  });
  const cells = new Map(figures.map((figure) => [figure, el('dd', { 'data-figure': figure }, '–')] as const));
  const list = el('dl', { class: 'figures small all-columns' }, ...figures.map((figure) => el('div', {}, el('dt', {}, figure), cells.get(figure)!)));
  const bars = el('ol', { class: 'bars all-columns', 'aria-label': `Probabilities by ${titles[name]}` }, ...rows.map(({ row }) => row));
  const root = el('article', { class: `card ${name}`, 'data-model': name }, el('h3', {}, titles[name]), digit, bars, list);
  return {
    root,
    figure: (figure, text) => cells.get(figure)!.replaceChildren(text),
    answer: (probabilities) => {
      const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
      digit.textContent = probabilities ? String(best) : '–';
      for (const [i, { row, fill, value }] of rows.entries()) {
        row.classList.toggle('best', i === best);
        fill.style.inlineSize = `${100 * (probabilities?.[i] ?? 0)}%`;
        value.textContent = probabilities ? percent(probabilities[i]!) : '';
      }
    },
  };
}

export interface AnswerCards {
  answers(all: Readonly<Record<Contender, readonly number[]>> | undefined): void;
  score(name: Contender, score: Score): void;
  timings(all: Readonly<Record<Contender, Timing>> | undefined): void;
}

export function answerCards(): AnswerCards {
  const cards = Object.fromEntries(contenders.map((name) => [name, card(name)])) as Record<Contender, Card>;
  byId('answers').replaceChildren(...contenders.map((name) => cards[name].root));
  return {
    answers: (all) => {
      for (const name of contenders) cards[name].answer(all?.[name]);
    },
    score: (name, { bytes, gzip, accuracy }) => {
      cards[name].figure('file', bytesText(bytes));
      cards[name].figure('gzipped', bytesText(gzip));
      cards[name].figure('test accuracy', percent(accuracy, 1));
    },
    timings: (all) => {
      for (const name of contenders) cards[name].figure('one answer', all ? timeText(all[name].median) : '–');
    },
  };
}
