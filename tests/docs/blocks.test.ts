// Runs every ```ts run block of the READMEs, the docs and the doc comments against the sources, checks its types, and what it prints.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import ts from 'typescript';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { allBlocks, markdownBlocks, sourceBlocks } from './blocks';

const root = resolve(import.meta.dirname, '../..');
const folder = join(import.meta.dirname, '.blocks');
const blocks = allBlocks(root).map((block, index) => ({ ...block, path: join(folder, `block-${index}.ts`), title: `${block.file}:${block.line}` }));

describe('finding blocks', () => {
  const fenced = (code: string, info = 'ts run') => `\`\`\`${info}\n${code}\n\`\`\`\n`;

  it('takes marked blocks of Markdown, with their line and what they print', () => {
    const text = `# Title\n\n${fenced('console.log(1); // => 1')}\n${fenced('broken(', 'ts')}\n  ${fenced('a\n  b').replace(/\n```\n$/, '\n  ```\n')}`;
    expect(markdownBlocks('x.md', text)).toEqual([
      { file: 'x.md', line: 3, code: 'console.log(1); // => 1\n', expected: ['1'] },
      { file: 'x.md', line: 11, code: 'a\nb\n', expected: [] },
    ]);
  });

  it('takes marked blocks of doc comments', () => {
    const text = `const a = 1;\n/**\n * Adds.\n *\n * \`\`\`ts run\n * console.log(a);\n * // => 1\n * \`\`\`\n */\n`;
    expect(sourceBlocks('x.ts', text)).toEqual([{ file: 'x.ts', line: 5, code: 'console.log(a);\n// => 1\n', expected: ['1'] }]);
  });
});

describe.runIf(blocks.length > 0)('blocks', () => {
  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const { path, code } of blocks) writeFileSync(path, `${code}\nexport {};\n`);
  });
  afterEach(() => vi.restoreAllMocks());

  it('have the right types', () => {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
    const program = ts.createProgram(
      blocks.map(({ path }) => path),
      { ...options, noEmit: true, noUnusedLocals: false },
    );
    const problems = blocks.flatMap(({ path, title, line }) => {
      const file = program.getSourceFile(path);
      return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
        const at = diagnostic.file ? diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line : 0;
        return `${title} (line ${line + 1 + at}): ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
      });
    });
    expect(problems).toEqual([]);
  });

  it.each(blocks)('$title', async ({ path, expected }) => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...words) => void printed.push(...format(...words).split('\n')));
    await import(/* @vite-ignore */ path);
    if (expected.length) expect(printed.map((line) => line.trimEnd())).toEqual(expected);
  });
});
