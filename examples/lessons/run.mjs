// npm run lesson 1 ... 8: one lesson of the lecture; without a number, the list of them.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isModelDietError } from '@modeldiet/numfmt';
import { stage } from './shared/stage.mjs';

/** The lessons; each is loaded when it is wanted. */
export const lessons = [
  { id: '1', load: () => import('./1-floating-point.mjs') },
  { id: '2', load: () => import('./2-parameters-and-memory.mjs') },
  { id: '3', load: () => import('./3-profiling.mjs') },
  { id: '4', load: () => import('./4-batching.mjs') },
  { id: '5', load: () => import('./5-dynamic-quantization.mjs') },
  { id: '6', load: () => import('./6-onnx.mjs') },
  { id: '7', load: () => import('./7-pruning.mjs') },
  { id: '8', load: () => import('./8-distillation.mjs') },
];

const listed = async () => Promise.all(lessons.map(async ({ id, load }) => `  npm run lesson ${id}   ${(await load()).title}`));

/**
 * @param {readonly string[]} words of the command line
 * @returns {Promise<number>} exit status: 2 for a lesson that there is not
 */
export async function main(words) {
  const wanted = lessons.find(({ id }) => id === words[0]);
  if (words.length === 0 || words.length > 1 || !wanted) {
    const print = words.length === 0 ? console.log : console.error;
    if (words.length > 0) print(`there is no lesson '${words.join(' ')}'\n`);
    print(`The lecture as programs:\n${(await listed()).join('\n')}`);
    return words.length === 0 ? 0 : 2;
  }
  const started = performance.now();
  const { title, lesson } = await wanted.load();
  console.log(`Lesson ${wanted.id}: ${title}`);
  try {
    await lesson(stage(wanted.id));
  } catch (error) {
    // A typed error says what is wrong and where; anything else is a fault of ours, and its stack says more.
    console.error(isModelDietError(error) ? error.message : error);
    return 1;
  }
  console.log(`\n${((performance.now() - started) / 1000).toFixed(1)} s`);
  return 0;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
