// docs/claims.md: the script's page, with a row for every claim of the lecture and a verdict in each; which numbers it has is the measurement's to say.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimsPage } from '../../scripts/build-claims.mjs';
import { numberClaims } from '../../scripts/claims/numbers.mjs';
import { ratioText, verdict } from '../../scripts/claims/words.mjs';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/claims.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

describe('docs/claims.md', () => {
  it.each([
    /int8 makes a model 2 to 4 times smaller/,
    /int8 loses less than 1 %/,
    /int8 is slower .* on tiny layers/,
    /about 250 times faster/,
    /40 to 60 % .* pruned/,
    /50 to 90 % .* pruned/,
    /Unstructured .* structured pruning does/,
    /about 7 times smaller/,
    /2 to 5 times faster than the Python/,
    /All exponent bits zero/,
    /float16/,
    /28 GB/,
  ])('has a row for %s, with a measurement and a verdict', (claim) => {
    const row = rows.find(([, first]) => claim.test(first!));
    expect(row, String(claim)).toBeDefined();
    expect(row![2]!.length).toBeGreaterThan(20);
    expect(row![3]).toMatch(/^\*\*(yes|partly|no|not measured)\*\*$/);
  });

  it('says when, where and over how many seeds', () => {
    expect(page).toMatch(/- measured: \d{4}-\d\d-\d\d/);
    expect(page).toMatch(/- seeds: \d+/);
    expect(page).toMatch(/- CPU: .*cores \d/);
  });
});

describe('the script', () => {
  it('reckons sizes from the architectures', () => {
    const measured = numberClaims().map((claim: { measured: string }) => claim.measured);
    for (const parameters of ['6,738,415,616', '174,604,259,328', '109,482,240']) expect(measured.some((text: string) => text.includes(parameters))).toBe(true);
    expect(measured.some((text: string) => text.includes('16,777,216 float32 codes') && text.includes('1.40e-45'))).toBe(true);
  });

  it('gives verdicts from what was measured', () => {
    expect([verdict([true, true]), verdict([true, false]), verdict([false])]).toEqual(['yes', 'partly', 'no']);
    expect(ratioText({ ratio: 2.5, ci95: [2.25, 2.75] })).toBe('2.50x (2.25x to 2.75x)');
  });

  it('writes a table that no cell can break', () => {
    const text = claimsPage([{ claim: 'a | b', measured: 'm', holds: 'yes', note: '' }], { cpu: 'X' }, { date: '2026-01-02', seeds: 3, note: 'in a test' });
    expect(text).toContain('| a \\| b | m | **yes** |  |');
    expect(text).toContain('- measured: 2026-01-02, in a test');
  });
});
