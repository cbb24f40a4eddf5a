// The packed packages as a user meets them in Node: installed from tarballs, imported, required, and compiled against.
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entries, installProject, type Project, root } from './project';

const body = `
  const { loadModel, saveModel, sequential, linear, relu } = io;
  const { bytes } = await saveModel(sequential([linear(64, 256), relu(), linear(256, 10)], { seed: 1 }));
  const { model, report } = await quantizeDynamic(await loadModel(bytes), {});
  const small = (await saveModel(model)).bytes;
  console.log(JSON.stringify({ ratio: small.length / bytes.length, changed: report.changed.map((change) => change.opType) }));
`;
const esm = `import * as io from '@modeldiet/onnx-io';\nimport { quantizeDynamic } from '@modeldiet/quantize';\n${body}`;
const cjs = `const io = require('@modeldiet/onnx-io');\nconst { quantizeDynamic } = require('@modeldiet/quantize');\n(async () => {${body}})();\n`;

const typed = `import { loadModel, type Model, type Report, saveModel } from '@modeldiet/onnx-io';
import { readModel } from '@modeldiet/onnx-io/node';
import { quantizeDynamic } from '@modeldiet/quantize';
import type { Tensor } from '@modeldiet/tensor';

export async function shrink(path: string): Promise<{ model: Model; report: Report; bytes: number }> {
  const { model, report } = await quantizeDynamic(await readModel(path), {});
  const again: Model = await loadModel((await saveModel(model)).bytes);
  return { model: again, report, bytes: (await saveModel(again)).bytes.length };
}
export const one: Tensor<'float32'> = { type: 'float32', dims: [1], data: new Float32Array([1]) };
// @ts-expect-error a path is not bytes
export const wrong = loadModel('model.onnx');
`;

let project: Project;
beforeAll(() => {
  project = installProject();
}, 120_000);
afterAll(() => project?.remove());

const wanted = (printed: string) => {
  const { ratio, changed } = JSON.parse(printed) as { ratio: number; changed: string[] };
  expect(ratio).toBeLessThan(0.35);
  expect(changed).toEqual(['Gemm', 'Gemm']);
};

describe('a script from packed tarballs', () => {
  it('runs as an ES module', () => wanted(project.run('script.mjs', esm)));
  it('runs as CommonJS', () => wanted(project.run('script.cjs', cjs)));

  it('gets the same names from import and require, at every entry', () => {
    const text = `const differ = [];
      for (const { entry, cjs } of ${JSON.stringify(entries())}) {
        const names = Object.keys(await import(entry)).filter((name) => name !== 'default' && name !== 'module.exports').sort();
        const required = cjs ? Object.keys(require(entry)).sort() : names;
        if (String(names) !== String(required)) differ.push({ entry, names, required });
      }
      console.log(JSON.stringify(differ));`;
    expect(
      JSON.parse(project.run('entries.mjs', `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${text}`)),
    ).toEqual([]);
  });

  it('has the command', () => {
    const bin = join(project.folder, 'node_modules/.bin/modeldiet');
    const explained = execFileSync(process.execPath, [bin, 'explain', '6.5', '--json'], { cwd: project.folder, encoding: 'utf8' });
    expect(JSON.parse(explained)).toMatchObject({ format: 'float32', value: 6.5 });
  });
});

describe('types from packed tarballs', () => {
  const compile = (name: string, files: readonly string[], options: object): string => {
    project.write(
      `tsconfig.${name}.json`,
      JSON.stringify({ compilerOptions: { strict: true, noEmit: true, target: 'ES2022', lib: ['ES2023', 'DOM'], types: ['node'], ...options }, files }),
    );
    try {
      return execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', `tsconfig.${name}.json`], {
        cwd: project.folder,
        encoding: 'utf8',
      });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  beforeAll(() => {
    symlinkSync(join(root, 'node_modules/@types'), join(project.folder, 'node_modules/@types'));
    project.write('typed.mts', typed);
    project.write('typed.cts', typed);
    project.write('typed.ts', typed);
    const imports = entries().map(({ entry }, index) => `import * as m${index} from '${entry}';\nexport const keys${index} = Object.keys(m${index});`);
    project.write('all.mts', imports.join('\n'));
  });

  it('compile under node16, from an ES module and from CommonJS', () => {
    expect(compile('node16', ['typed.mts', 'typed.cts'], { module: 'Node16', moduleResolution: 'Node16', skipLibCheck: true })).toBe('');
  });
  it('compile under bundler', () => {
    expect(compile('bundler', ['typed.ts'], { module: 'ESNext', moduleResolution: 'Bundler', skipLibCheck: true })).toBe('');
  });
  it('are sound at every entry (no skipLibCheck)', () => {
    const problems = compile('all', ['all.mts'], { module: 'Node16', moduleResolution: 'Node16', skipLibCheck: false })
      .split('\n')
      .filter((line) => line.includes('@modeldiet') || line.startsWith('all.mts'));
    expect(problems).toEqual([]);
  });
});
