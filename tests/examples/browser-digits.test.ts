// The page of examples/browser-digits as its visitors use it: built by Vite, from static files, in a real Chromium.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { graphBuilder, loadModel, saveModel, summarize } from '@modeldiet/onnx-io';
import { ortBackend, randomFeeds, withSession } from '@modeldiet/runtime';
import * as ort from 'onnxruntime-node';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { example } from '../../examples/browser-digits/src/parts/examples';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { type Site, site } from './site';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'examples/browser-digits');
const fixture = (name: string): Buffer => readFileSync(join(root, 'fixtures/models', name));
const executablePath = findChromium();
if (!executablePath) console.log('examples/browser-digits is not tested: no Chromium was found (MODELDIET_CHROMIUM may name one)');

// Without a browser there is no page to use; .ci/run sets MODELDIET_REQUIRE_BROWSER=1, where a missing one is a failure.
describe.skipIf(!executablePath)('examples/browser-digits', () => {
  let served: Site;
  let page: Page;
  let complaints: readonly string[];
  const text = async (selector: string): Promise<string> => (await page.textContent(selector)) ?? '';
  const answers = (): Promise<string[]> => page.locator('.card .digit').allTextContents();
  /** Polls until the page says so. */
  const until = (selector: string, pattern: RegExp): Promise<unknown> =>
    page.waitForFunction(([at, source]) => new RegExp(source!, 's').test(document.querySelector(at!)?.textContent ?? ''), [selector, pattern.source] as const);

  /** Drops a file as a drag from outside does. */
  const drop = async (name: string, bytes: Uint8Array): Promise<void> => {
    await page.evaluate(
      ([file, base64]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(base64!), (c) => c.charCodeAt(0))], file!));
        document.getElementById('drop')!.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
      },
      [name, Buffer.from(bytes).toString('base64')] as const,
    );
    await until('#file-said', /^Done/);
  };

  beforeAll(async () => {
    served = await site(folder, executablePath!);
    ({ page, complaints } = await served.open());
    await page.waitForSelector('html[data-ready]');
  }, 60_000);
  afterAll(() => served?.close());

  it('reads a digit that is drawn with the mouse, and times the models', async () => {
    const box = (await page.locator('#pad').boundingBox())!;
    for (const stroke of example(7)) {
      const [first, ...rest] = stroke.map(({ x, y }) => [box.x + x * box.width, box.y + y * box.height] as const);
      await page.mouse.move(...first!);
      await page.mouse.down();
      for (const point of rest) await page.mouse.move(...point, { steps: 4 });
      await page.mouse.up();
    }
    await until('.card.int8 .digit', /7/);
    expect(await answers()).toEqual(['7', '7', '7']);
    const shares = (await page.locator('.card.float32 .value').allTextContents()).map((share) => Number.parseInt(share, 10));
    expect(shares).toHaveLength(10);
    expect(Math.abs(shares.reduce((a, b) => a + b, 0) - 100)).toBeLessThanOrEqual(5);
    expect(shares.indexOf(Math.max(...shares))).toBe(7);
    await until('.card.int8 [data-figure="one answer"]', /\d/);
    for (const name of ['float32', 'int8', 'diet']) expect(await text(`.card.${name} [data-figure="one answer"]`)).toMatch(/^[\d.]+ (µs|ms)$/);
    expect(await text('#said')).toMatch(/float32: 7 .*int8.*interval/);
    expect(await text('.card.float32 [data-figure="file"]')).toBe('39.1 kB');
    expect(await text('.card.int8 [data-figure="file"]')).toBe('12.3 kB');
  });

  it('draws by key and clears by key', async () => {
    await page.focus('#pad');
    await page.keyboard.press('4');
    await until('.card.float32 .digit', /4/);
    await page.keyboard.press('Delete');
    await until('.card.float32 .digit', /–/);
    expect(await answers()).toEqual(['–', '–', '–']);
  });

  it('makes and scores a new model as the sliders move', async () => {
    await until('#diet-accuracy', /9\d\.\d %/);
    const whole = Number.parseFloat(await text('#diet-accuracy'));
    expect(Math.abs(whole - Number.parseFloat(await text('.card.float32 [data-figure="test accuracy"]')))).toBeLessThanOrEqual(1);
    const atRest = Number.parseFloat(await text('#diet-gzip'));
    await page.focus('#bits');
    // Faster than models are made: the ones in between are given up.
    for (const _ of [8, 7, 6, 5, 4, 3]) await page.keyboard.press('ArrowLeft');
    await until('#diet-said', /^2 bits, 0 % zeros: [\d.]+ % of 360/);
    await page.focus('#prune');
    await page.keyboard.press('End');
    await until('#diet-said', /^2 bits, 95 % zeros: [\d.]+ % of 360/);
    expect(Number.parseFloat(await text('#diet-accuracy'))).toBeLessThan(whole - 20);
    expect(Number.parseFloat(await text('#diet-gzip'))).toBeLessThan(atRest / 2);
    expect(await text('.card.diet [data-figure="file"]')).toBe(await text('#diet-bytes'));
    await page.waitForSelector('#chart .line.chosen[data-bits="2"][data-points="20"]', { state: 'attached' });
    expect(await page.getAttribute('#chart svg', 'aria-label')).toMatch(/at 2 bits with 95 % zeros/);
    await page.focus('#bits');
    await page.keyboard.press('End');
    await page.focus('#prune');
    await page.keyboard.press('Home');
    await until('#diet-said', /^8 bits, 0 % zeros/);
    expect(Number.parseFloat(await text('#diet-accuracy'))).toBe(whole);
  });

  describe('bits of a float', () => {
    const bits = async (): Promise<string> => (await page.locator('.bit').allTextContents()).join('');
    const flip = (i: number): Promise<void> => page.click(`.bit[data-bit="${i}"]`);
    it('shows those of a number, and the number of those', async () => {
      expect(await bits()).toBe('01000000110100000000000000000000');
      await flip(31);
      expect(await page.inputValue('#number')).toBe('-6.5');
      await flip(23);
      expect(await page.inputValue('#number')).toBe('-3.25');
      await page.fill('#number', '0.1');
      expect(await bits()).toBe('00111101110011001100110011001101');
      expect(await text('#steps')).toContain('0.1 is no double');
    });
    it('goes by keys', async () => {
      await page.fill('#number', '1');
      await page.focus('.bit[data-bit="31"]');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Space');
      expect(await page.inputValue('#number')).toBe('Infinity');
      expect(await page.getAttribute('.bit[data-bit="30"]', 'aria-pressed')).toBe('true');
      await flip(0);
      expect(await page.inputValue('#number')).toBe('NaN');
    });
    it('says what is no number', async () => {
      const before = await bits();
      await page.fill('#number', 'six');
      expect(await text('#formula')).toContain("'six' is not a number");
      expect(await page.getAttribute('#number', 'aria-invalid')).toBe('true');
      expect(await bits()).toBe(before);
    });
  });

  describe('any file', () => {
    const problems = (): Promise<string> => text('#file-problems');
    const cells = (name: string): Promise<string[]> =>
      page
        .locator('#file-result tr', { has: page.locator(`th:text-is("${name}")`) })
        .locator('td')
        .allTextContents();

    it('weighs, quantizes, compares, times and gives back a conv net, and never freezes', async () => {
      await page.evaluate(() => {
        const seen = { frames: 0 };
        Object.assign(globalThis, { seen, seenTimer: setInterval(() => seen.frames++, 20) });
      });
      const original = fixture('mobilenet.ts.onnx');
      await drop('mobilenet.onnx', original);
      expect(await page.evaluate(() => (globalThis as unknown as { seen: { frames: number } }).seen.frames)).toBeGreaterThan(20);
      expect(await problems()).toBe('');
      const { parameters } = summarize(await loadModel(original));
      expect((await cells('parameters'))[0]).toBe(parameters.toLocaleString('en'));
      expect((await cells('file'))[2]).toMatch(/^[34]\d %$/);
      expect(await cells('one run')).toEqual([
        expect.stringMatching(/^[\d.]+ (µs|ms|s)$/),
        expect.stringMatching(/^[\d.]+ (µs|ms|s)$/),
        expect.stringMatching(/times as fast/),
      ]);
      expect(Number.parseFloat(/([\d.]+) dB/.exec(await text('#agreement'))![1]!)).toBeGreaterThan(20);
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
      expect(download.suggestedFilename()).toBe('mobilenet.int8.onnx');
      const small = readFileSync((await download.path())!);
      expect(small.byteLength).toBeLessThan(original.byteLength / 2);
      const model = await loadModel(small);
      const outputs = await withSession(ortBackend(ort), model, {}, (session) => session.run(randomFeeds(model).at(0)));
      expect(Object.values(outputs)[0]!.dims[0]).toBe(1);
    });

    it('says what is wrong with a file, and goes on', async () => {
      await drop('cut.onnx', fixture('mobilenet.ts.onnx').subarray(0, 50_000));
      expect(await problems()).toMatch(/^Reading: .*(truncated|ends|bytes)/);
      expect(await page.isVisible('#file-result')).toBe(false);
      await drop('words.onnx', new TextEncoder().encode('<!doctype html><p>not found'));
      expect(await problems()).toMatch(/^Reading: /);
      const g = graphBuilder();
      const w = g.constant('w', { type: 'float32', dims: [64, 64], data: Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i)) });
      g.output(g.op('nobody:Unheard', [g.op('MatMul', [g.input('x', 'float32', ['n', 64]), w])]), 'y', {
        dtype: 'float32',
        dims: ['n', 64],
      });
      await drop('unheard.onnx', (await saveModel(g.model())).bytes);
      expect(await problems()).toMatch(/Comparing the answers: .*Unheard/);
      expect(await page.isVisible('#download')).toBe(true);
      const plain = graphBuilder();
      plain.output(plain.op('Relu', [plain.input('x', 'float32', ['n', 4])]), 'y', { dtype: 'float32', dims: ['n', 4] });
      await drop('plain.onnx', (await saveModel(plain.model())).bytes);
      expect(await problems()).toMatch(/^Quantizing to int8: quantizeDynamic changed nothing/);
      expect(await cells('one run')).toEqual([expect.stringMatching(/^[\d.]+ (µs|ms)$/)]);
    });

    it('asks for the size of an open axis, and takes it', async () => {
      await drop('bert.onnx', fixture('bert-eager.ts.onnx'));
      expect(await problems()).toMatch(/Comparing the answers: .*axis 1 has no value/);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('dims');
      await page.fill('#dims', 'none');
      await page.click('#again');
      await until('#file-problems', /'none' is no size of an axis/);
      await page.fill('#dims', 'seq=8');
      await page.click('#again');
      await until('#agreement', /dB|equal/);
      expect(await problems()).toBe('');
      await page.click('#stop');
      await until('#file-said', /^Stopped/);
    });
  });

  it('follows the theme, and is not cut off on a phone', async () => {
    const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    const bright = await page.screenshot();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(light).toBe('rgb(246, 247, 249)');
    expect(await background()).toBe('rgb(16, 18, 24)');
    const dark = await page.screenshot();
    for (const shot of [bright, dark]) expect(shot.byteLength).toBeGreaterThan(20_000);
    expect(dark.equals(bright)).toBe(false);
    await drop(`${'a-long-name-'.repeat(8)}.onnx`, fixture('skl-mlp.onnx'));
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  it('complained of nothing, and asked nobody but its own site', () => expect(complaints).toEqual([]));
});
