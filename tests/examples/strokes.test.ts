// What the page makes of strokes, and whether its models read it.
import { readFileSync } from 'node:fs';
import { digitsColumns } from '@modeldiet/data/digits';
import { ortBackend, withSession } from '@modeldiet/runtime';
import { mean, tensor } from '@modeldiet/tensor';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { example } from '../../examples/browser-digits/src/parts/examples';
import { digitOf, type Stroke } from '../../examples/browser-digits/src/strokes';

const digitStrokes = Array.from({ length: 10 }, (_, digit) => example(digit));
const models = new URL('../../examples/browser-digits/models/', import.meta.url);
const picture = (x: Float32Array): string =>
  Array.from({ length: 8 }, (_, row) => [...x.subarray(row * 8, row * 8 + 8)].map((v) => '.:-=+*%#@'[Math.floor(v / 2)]).join('')).join('\n');

describe('digitOf', () => {
  it('is 64 counts of 0 to 16, with as much ink as the data set', () => {
    const drawn = digitStrokes.map(digitOf);
    for (const x of drawn) expect(x.every((v) => Number.isInteger(v) && v >= 0 && v <= 16)).toBe(true);
    const ink = mean(drawn.map((x) => mean(x)));
    const theirs = mean(digitsColumns().x.data);
    expect(ink / theirs).toBeGreaterThan(0.8);
    expect(ink / theirs).toBeLessThan(1.25);
  });
  it('does not care where and how large the drawing is', () => {
    const moved = (strokes: readonly Stroke[]) => strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: 500 + 256 * x, y: -3 + 256 * y })));
    for (const strokes of digitStrokes) {
      const here = digitOf(strokes);
      expect(Math.max(...digitOf(moved(strokes)).map((v, i) => Math.abs(v - here[i]!)))).toBeLessThanOrEqual(1);
    }
  });
  it('of nothing is blank, of a tap a dot, of a flat stroke a flat stroke', () => {
    expect(digitOf([])).toEqual(new Float32Array(64));
    const dot = digitOf([[{ x: 9, y: 9 }]]);
    expect(dot.filter((v) => v > 0).length).toBeLessThanOrEqual(4);
    const dash = digitOf([
      [
        { x: 0, y: 5 },
        { x: 100, y: 5 },
      ],
    ]);
    expect(dash.subarray(0, 16).every((v) => v === 0) && dash.subarray(48).every((v) => v === 0)).toBe(true);
  });
});

it.each(['float32', 'int8'])('the %s model reads all ten digits', async (name) => {
  const answers = await withSession(ortBackend(ort), readFileSync(new URL(`digits.${name}.onnx`, models)), {}, async (session) =>
    Promise.all(
      digitStrokes.map(async (strokes) => {
        const x = digitOf(strokes);
        const { data } = Object.values(await session.run({ [session.inputs[0]!.name]: tensor('float32', x, [1, 64]) }))[0]!;
        const logits = Array.from(data as Float32Array);
        return { answer: logits.indexOf(Math.max(...logits)), x };
      }),
    ),
  );
  expect(answers.map(({ answer }, digit) => (answer === digit ? digit : `${digit} read as ${answer}\n${picture(answers[digit]!.x)}`))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
});
