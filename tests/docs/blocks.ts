// Finds the runnable code blocks of the documentation: ```ts run in Markdown and in doc comments of the sources.
// In a block, `// => text` says what the console.log calls before it print, in order.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Block {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  /** What console.log must have printed, line by line. */
  readonly expected: readonly string[];
}

const fence = /^( *)```(?:ts|js) run\n([\s\S]*?)^\1```$/gm;
const comment = /\/\*\*[\s\S]*?\*\//g;

const expectedOf = (code: string): string[] => [...code.matchAll(/\/\/ => ?(.*)$/gm)].map(([, text]) => text!.trimEnd());

/** The blocks of one Markdown text. */
export function markdownBlocks(file: string, text: string, firstLine = 1): Block[] {
  return [...text.matchAll(fence)].map((match) => {
    const indent = match[1]!;
    const code = match[2]!.replace(new RegExp(`^${indent}`, 'gm'), '');
    return { file, line: firstLine + text.slice(0, match.index).split('\n').length - 1, code, expected: expectedOf(code) };
  });
}

/** The blocks of a source file's doc comments. */
export function sourceBlocks(file: string, text: string): Block[] {
  return [...text.matchAll(comment)].flatMap((match) => {
    const inner = match[0].replace(/^[ \t]*(\/\*\*|\*\/|\*) ?/gm, '');
    return markdownBlocks(file, inner, text.slice(0, match.index).split('\n').length);
  });
}

function* filesBelow(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      if (!/^(node_modules|dist|fixtures|demo-out|tests|\..*)$/.test(entry.name)) yield* filesBelow(root, path);
    } else yield path;
  }
}

/** Every runnable block of the repository. */
export function allBlocks(root: string): Block[] {
  return [...filesBelow(root, '')].flatMap((file) => {
    if (file.endsWith('.md')) return markdownBlocks(file, readFileSync(join(root, file), 'utf8'));
    if (/^packages\/.*\/src\/.*(?<!\.test)\.ts$/.test(file)) return sourceBlocks(file, readFileSync(join(root, file), 'utf8'));
    return [];
  });
}
