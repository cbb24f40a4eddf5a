import { expect, it } from 'vitest';
import { headlines } from './headlines';
import { sample, variant } from './sample.test-data';

it('says what is smallest, fastest and how accurate, and what it is compared to', () => {
  expect(headlines(sample)).toEqual([
    { label: 'smallest', value: '80.6 kB', note: 'int8 | per tensor, 3.81x smaller than baseline' },
    { label: 'fastest at batch 1', value: '49.0 µs', note: 'int8 | per tensor, 1.04x the speed of baseline' },
    { label: 'fastest at batch 64', value: '544 µs', note: 'int8 | per tensor, 1.04x the speed of baseline; the intervals overlap' },
    { label: 'accuracy of baseline', value: '97.22 %', note: '95.22–98.42 %, n = 360; lowest: dynamic int8, −0.28 points' },
  ]);
});

it('says so when nothing is better', () => {
  const alone = headlines({ ...sample, variants: [variant('a', 10, 10, 0.9, true), variant('b', 20, 20, 0.9, false)] });
  expect(alone.map((headline) => headline.note)).toEqual([
    'a: no variant is smaller',
    'a: no variant is faster',
    'a: no variant is faster',
    '88.00–91.20 %, n = 360; no variant is below it',
  ]);
  expect(headlines({ ...sample, variants: [] })).toEqual([]);
});

it('says the least agreement where there are no labels, and on what', () => {
  const agreeing = (value: number) => ({ metric: 'top-1', value, ci95: [value - 0.1, 1] as const, n: 32 });
  const variants = [1, 0.96, 0.9].map((value, i) => ({ ...variant(`v${i}`, 10, 10, 0.9, false), accuracy: null, agreement: agreeing(value) }));
  const all = headlines({ ...sample, judgedOn: 'random:32', variants });
  expect(all.at(-1)).toEqual({ label: 'least agreement with v0', value: '90.00 %', note: 'v2, top-1; 80.00–100.00 %, n = 32, on random:32' });
  expect(all.some(({ label }) => label.startsWith('accuracy'))).toBe(false);
});
