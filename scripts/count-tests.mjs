// `node scripts/count-tests.mjs vitest.json STATUS`: prints `passed failed` from vitest's JSON report. A file that did not even load counts as one failure,
// and so does a run that ended badly (STATUS) with no failure of its own to show.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * @typedef {{ testResults: readonly { status: string, assertionResults: readonly { status: string }[] }[] }} VitestReport
 * @param {VitestReport | undefined} report @param {number} status the runner's exit status @returns {{ passed: number, failed: number }}
 */
export function countTests(report, status) {
  const files = report?.testResults ?? [];
  const having = (wanted) => files.reduce((sum, file) => sum + file.assertionResults.filter((test) => test.status === wanted).length, 0);
  const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')).length;
  const failed = having('failed') + broken;
  return { passed: having('passed'), failed: failed === 0 && status !== 0 ? 1 : failed };
}

if (process.argv[1] && basename(process.argv[1]) === 'count-tests.mjs') {
  const [file, status] = process.argv.slice(2);
  const { passed, failed } = countTests(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, Number(status));
  console.log(`${passed} ${failed}`);
}
