// Where the browser of the tests is. Chromium comes from the system (or MODELDIET_CHROMIUM): it is never downloaded by npm.
import { existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe'];
const places = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** The path of a Chromium, or undefined. MODELDIET_CHROMIUM names one (that does not exist: an error, not a fall-back), or is `none`. @returns {string | undefined} */
export function findChromium(env = process.env) {
  if (env.MODELDIET_CHROMIUM === 'none') return undefined;
  if (env.MODELDIET_CHROMIUM) {
    if (!existsSync(env.MODELDIET_CHROMIUM)) throw new Error(`MODELDIET_CHROMIUM names ${env.MODELDIET_CHROMIUM}, which does not exist`);
    return env.MODELDIET_CHROMIUM;
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...['/usr/bin', ...folders].flatMap((folder) => names.map((name) => join(folder, name))), ...places].find((file) => existsSync(file));
}

/** Works as root, offline and without a GPU: WebGPU comes from SwiftShader. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

if (process.argv[1] && basename(process.argv[1]) === 'find-chromium.mjs') {
  const file = findChromium();
  console.log(file ?? 'no Chromium found');
  process.exitCode = file ? 0 : 1;
}
