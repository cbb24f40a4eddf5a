// What a lesson stands on: it says things, prints tables, draws charts into a folder of its own, and can be run as a program.
import { mkdirSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableText } from '@modeldiet/numfmt';
import { toSvg } from '@modeldiet/report';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Everything the lessons write, trained models included; not in git. */
export const outFolder = join(root, 'demo-out/lessons');

/**
 * @typedef {object} Stage
 * @property {(text?: string) => void} say
 * @property {(title: string) => void} part a heading
 * @property {(head: readonly string[], rows: readonly (readonly (string | number)[])[]) => void} table
 * @property {(name: string, chart: import('@modeldiet/report').Chart) => Promise<string>} draw writes `name`.svg and returns its path
 * @property {string} folder where the lesson may write
 * @property {boolean} quick smaller sizes and fewer repetitions: what the tests run
 */

/**
 * @param {string} id the folder of the lesson
 * @param {{ out?: string, quick?: boolean, print?: (text: string) => void }} [options]
 * @returns {Stage}
 */
export function stage(id, { out = outFolder, quick = false, print = console.log } = {}) {
  const folder = join(out, id);
  mkdirSync(folder, { recursive: true });
  const say = (text = '') => print(text);
  return {
    say,
    part: (title) => say(`\n${title}\n${'='.repeat(title.length)}`),
    table: (head, rows) =>
      say(
        tableText(
          head,
          rows.map((row) => row.map(String)),
        ),
      ),
    async draw(name, chart) {
      const path = join(folder, `${name}.svg`);
      await writeFile(path, toSvg(chart, { id: name }));
      say(`drawn: ${relative(process.cwd(), path)}`);
      return path;
    },
    folder,
    quick,
  };
}

/**
 * Runs a lesson when its file is the program: `node examples/lessons/1-floating-point.mjs`.
 * @param {string} url the file's import.meta.url
 * @param {string} id
 * @param {(on: Stage) => unknown} lesson
 */
export async function runAlone(url, id, lesson) {
  if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(url)) await lesson(stage(id));
}
