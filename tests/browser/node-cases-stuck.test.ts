// A worker that hangs costs its case alone: the next one runs in another.
import { expect, it } from 'vitest';
import { allCases, outcomesOf } from './node-cases';

it('a case without an answer is told, and the others run', async () => {
  const silent = URL.createObjectURL(new Blob([''], { type: 'text/javascript' }));
  let started = 0;
  const start = (): Worker =>
    started++ === 0 ? new Worker(silent, { type: 'module' }) : new Worker(new URL('./wasm.worker.ts', import.meta.url), { type: 'module' });
  const cases = (await allCases()).filter(({ name }) => name === 'test_relu' || name === 'test_abs');
  const outcomes = await outcomesOf(cases, start, 4000);
  expect(outcomes.map(({ name, status, why }) => [name, status, why])).toEqual([
    ['test_abs', 'differs', 'no answer in 4 s'],
    ['test_relu', 'passed', undefined],
  ]);
  expect(started).toBe(2);
});
