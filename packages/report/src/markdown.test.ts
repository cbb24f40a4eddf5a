import { expect, it } from 'vitest';
import { toMarkdown } from './markdown';
import { sample } from './sample.test-data';

it('writes a table, conditions and notes', () => {
  const lines = toMarkdown(sample, { columns: ['name', 'bytes', 'accuracy', 'onFrontier'] }).split('\n');
  expect(lines.slice(0, 8)).toEqual([
    '## Digits, 64-1024-10, \\<b\\>&',
    '',
    '| variant | bytes | accuracy | frontier |',
    '| --- | --: | --: | :-: |',
    '| baseline | 307,414 | 97.22 % (95.22–98.42 %) |  |',
    '| float16 weights | 154,800 | 97.22 % (95.22–98.42 %) |  |',
    '| dynamic int8 | 84,600 | 96.94 % (94.94–98.14 %) |  |',
    '| int8 \\| per tensor | 80,600 | 97.22 % (95.22–98.42 %) | yes |',
  ]);
  expect(lines).toContain('- CPU: AMD EPYC');
  expect(lines.some((line) => line.includes('Wilson'))).toBe(true);
});

it('says what was chosen and what was left out', () => {
  const text = toMarkdown({
    ...sample,
    chosen: 'a|b',
    verdict: { met: true, limits: [], binding: [], says: 'it fits' },
    skipped: [{ technique: 'static int8', code: 'x/y', reason: 'no data' }],
  });
  expect(text).toContain('it fits Chosen: a\\|b.\n\n| variant');
  expect(text).toContain('- static int8 left out: no data (x/y)');
});
