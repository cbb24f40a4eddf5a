import { expect, it } from 'vitest';
import { notes } from './notes';
import { sample } from './sample.test-data';

it('says on what variants were judged, where the results know it', () => {
  expect(notes(sample)).toContain('Accuracy: share of right answers, with a 95 % Wilson interval.');
  expect(notes({ ...sample, judgedOn: 'digits, validation' })).toContain(
    'Accuracy: share of right answers on digits, validation, with a 95 % Wilson interval.',
  );
  const agreement = { metric: 'top-1', value: 1, ci95: [0.9, 1], n: 32 } as const;
  const agreeing = { ...sample, judgedOn: 'random:32', variants: sample.variants.map((variant) => ({ ...variant, accuracy: null, agreement })) };
  expect(notes(agreeing).join(' ')).toMatch(/on random:32; .* On random feeds it is unreliable/);
  expect(notes(agreeing).join(' ')).not.toContain('Accuracy');
});

it('says nothing of what is not there', () =>
  expect(notes({ ...sample, variants: [] })).toEqual(['Ratios compare to the first row: above 1 is smaller or faster.']));
