// How the numbers came about, one sentence a column that is there.
import type { Results } from '@modeldiet/pipeline';

const rows: readonly { readonly when: (results: Results) => boolean; readonly text: string | ((results: Results) => string) }[] = [
  {
    when: ({ variants }) => variants.some((variant) => Object.keys(variant.latencyMs).length > 0),
    text: 'Latency: median of one run, with a 95 % interval; the variants were run in turns, so that a change of the machine meets all of them.',
  },
  {
    when: ({ variants }) => variants.some((variant) => variant.accuracy),
    text: ({ judgedOn }) => `Accuracy: share of right answers${judgedOn === undefined ? '' : ` on ${judgedOn}`}, with a 95 % Wilson interval.`,
  },
  {
    when: ({ variants }) => variants.some((variant) => variant.agreement),
    text: ({ judgedOn }) =>
      `Agreement: how often, or how closely, a variant answers as the original does${judgedOn === undefined ? '' : ` on ${judgedOn}`}; there were no labels to measure accuracy by.${judgedOn?.startsWith('random:') ? ' On random feeds it is unreliable: real inputs say more.' : ''}`,
  },
  {
    when: ({ variants }) => variants.some((variant) => variant.onFrontier),
    text: 'On the frontier: no other variant is at least as small and as accurate, and better in one of the two.',
  },
  { when: () => true, text: 'Ratios compare to the first row: above 1 is smaller or faster.' },
];

export const notes = (results: Results): string[] =>
  rows.filter((row) => row.when(results)).map(({ text }) => (typeof text === 'string' ? text : text(results)));
