// Releases: all packages share one version.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { workspaces } from '../../scripts/pack.mjs';

const root = resolve(import.meta.dirname, '../..');

it('all packages have one version and are released together', () => {
  const { fixed } = JSON.parse(readFileSync(join(root, '.changeset/config.json'), 'utf8')) as { fixed: string[][] };
  expect(fixed).toEqual([['modeldiet', '@modeldiet/*']]);
  const versions = workspaces().map(({ folder }) => (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version);
  expect(new Set(versions).size).toBe(1);
});
