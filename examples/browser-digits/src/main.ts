// The page: four parts, and the worker that the first two share.
import { byId, sentence } from './dom';
import { answerCards } from './parts/answers';
import { dietPart } from './parts/diet';
import { drawPart } from './parts/draw';
import { filePart } from './parts/file';
import { bitsPart } from './parts/float-bits';
import type { LabQuestions } from './questions';
import { asker } from './rpc';

bitsPart();
filePart();

const worker = new Worker(new URL('./worker/lab.worker.ts', import.meta.url), { type: 'module', name: 'lab' });
const ask = asker<LabQuestions>(worker);
const cards = answerCards();
const ready = byId('ready');
try {
  const { float32, int8, runtime } = await ask('start', undefined);
  cards.score('float32', float32);
  cards.score('int8', int8);
  byId('runtime').textContent = `Runs on ${runtime}.`;
  const answerAgain = drawPart(ask, cards);
  dietPart(ask, cards, answerAgain)();
  ready.hidden = true;
  document.documentElement.dataset.ready = 'true';
} catch (e) {
  ready.textContent = `The models did not start: ${sentence(e)}`;
}
