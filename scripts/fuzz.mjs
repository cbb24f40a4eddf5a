// `npm run fuzz [mutations] [kills]`: the long form of the fuzz and kill -9 tests of onnx-io (200,000 mutations, 200 kills each); prints their reports.
import { spawnSync } from 'node:child_process';

const [mutations = '200000', kills = '200'] = process.argv.slice(2);
const env = { ...process.env, MODELDIET_FUZZ: mutations, MODELDIET_KILLS: kills };
const files = ['packages/onnx-io/src/fuzz.test.ts', 'packages/onnx-io/src/node/kill.test.ts'];
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'node', '--project', 'alone', ...files], {
  stdio: 'inherit',
  env,
});
process.exitCode = status ?? 1;
