// What scripts/setup.mjs decides: is this Node new enough, is an install needed, where is the browser.
import { expect, it } from 'vitest';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { installReason, nodeProblem } from '../../scripts/setup.mjs';

const lock = {
  packages: {
    '': { version: '0.0.0' },
    'packages/a': { version: '0.0.0' },
    'node_modules/x': { version: '1.0.0', integrity: 'sha512-x' },
    'node_modules/win': { version: '1.0.0', integrity: 'sha512-w', optional: true },
  },
};
const installed = (x: object | undefined) => ({ packages: { ...(x && { 'node_modules/x': x }) } });

it.each([
  ['20.19.0', true],
  ['20.20.2', true],
  ['22.0.0', true],
  ['20.18.9', false],
  ['18.99.0', false],
])('Node %s', (version, fine) => {
  if (fine) expect(nodeProblem(version)).toBeUndefined();
  else expect(nodeProblem(version)).toMatch(`needs Node 20.19 or newer, and this is Node ${version}`);
});

it('installs when node_modules is missing, lacks a package, or holds another version', () => {
  expect(installReason(lock, undefined)).toMatch('missing');
  expect(installReason(lock, installed(undefined))).toMatch('x differs');
  expect(installReason(lock, installed({ version: '1.0.1', integrity: 'sha512-x' }))).toMatch('x differs');
  expect(installReason(lock, installed({ version: '1.0.0', integrity: 'sha512-y' }))).toMatch('x differs');
});

it('does not install when only optional packages are absent', () => {
  expect(installReason(lock, installed({ version: '1.0.0', integrity: 'sha512-x' }))).toBeUndefined();
});

it('refuses a MODELDIET_CHROMIUM that does not exist', () => {
  expect(() => findChromium({ MODELDIET_CHROMIUM: '/nowhere/chromium' })).toThrow('/nowhere/chromium');
});

it('finds no Chromium when told so, and one that is named', () => {
  expect(findChromium({ MODELDIET_CHROMIUM: 'none' })).toBeUndefined();
  expect(findChromium({ MODELDIET_CHROMIUM: process.execPath })).toBe(process.execPath);
});
