// `npm test [-- vitest arguments]`: sets up, then runs the node tests, and the browser tests where a Chromium is found.
// MODELDIET_REQUIRE_BROWSER=1 makes a missing browser a failure instead of one line.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './find-chromium.mjs';
import { nodeProblem, setup } from './setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const howTo = 'install one (Debian, Ubuntu: apt install chromium; else Chrome) or set MODELDIET_CHROMIUM to its path';

/** @param {string[]} args @returns {Promise<number>} the exit status */
function vitest(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
}

async function main() {
  const problem = nodeProblem(process.versions.node);
  if (problem) throw new Error(problem);
  const chromium = findChromium();
  if (!chromium && process.env.MODELDIET_REQUIRE_BROWSER === '1') throw new Error(`MODELDIET_REQUIRE_BROWSER=1, but no Chromium was found: ${howTo}`);
  await setup('all');
  const status = await vitest(process.argv.slice(2));
  if (!chromium)
    console.log(`skipped: everything that needs a browser (*.browser.test.ts, tests/browser, tests/package in a page), as no Chromium was found: ${howTo}`);
  return status;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
