// docs/errors.md is fresh, and every row of every error table is thrown by the sources and named by a test.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { errorTables, pages } from '../../scripts/build-docs.mjs';

const root = resolve(import.meta.dirname, '../..');

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !/^(node_modules|dist|\..*)$/.test(entry.name)) yield* filesBelow(path);
    else if (/\.(ts|mjs)$/.test(entry.name)) yield path;
  }
}
const read = (paths: readonly string[]) => paths.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
const sources = [...filesBelow('packages')].filter((path) => path.includes('/src/'));
const isTest = (path: string) => path.endsWith('.test.ts');
const tests = read([...sources.filter(isTest), ...[...filesBelow('tests')].filter(isTest)]);
const tables = await errorTables();

it('the generated pages are fresh (npm run docs)', async () => {
  for (const [path, text] of Object.entries(await pages())) expect(readFileSync(join(root, path), 'utf8'), path).toBe(text);
});

it.each(tables)('every error of $folder has a place that throws it', ({ folder, rows }) => {
  const text = read(sources.filter((path) => path.startsWith(`packages/${folder}/`) && !isTest(path) && !path.endsWith('/errors.ts')));
  expect(Object.keys(rows).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});

it.each(tables)('every error of $folder is named by a test', ({ folder, rows }) => {
  const named = (code: string) => new RegExp(`(?<![\\w-])${folder}/${code}(?![\\w-])`).test(tests);
  expect(Object.keys(rows).filter((code) => !named(code))).toEqual([]);
});
