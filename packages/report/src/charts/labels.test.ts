import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Placed, placeLabels, textWidth } from './labels';

const frame = { left: 0, right: 800, top: 0, bottom: 400 };
const box = (x: number, y: number, text: string) => ({ x, y, radius: 6, text });
const touch = (a: Placed, aText: string, b: Placed, bText: string) =>
  a.left < b.left + textWidth(bText) && b.left < a.left + textWidth(aText) && Math.abs(a.middle - b.middle) < 14.9;

describe('placeLabels', () => {
  it('puts a lone name close to its mark, clear of the lines through it', () => {
    const [place] = placeLabels([box(100, 100, 'a')], frame);
    expect(place!.leader).toBeUndefined();
    expect(place!.left).toBeGreaterThan(100);
    expect(place!.left).toBeLessThan(110);
    expect(place!.middle).toBeLessThan(100 - 6 - 7.5 / 2);
  });

  it('turns a name at the right edge to the left', () => expect(placeLabels([box(790, 100, 'name')], frame)[0]!.left).toBeLessThan(780));

  it('keeps names of marks on one spot apart, with leader lines', () => {
    const boxes = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'].map((text) => box(400, 200, text));
    const placed = placeLabels(boxes, frame);
    for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) expect(touch(placed[i]!, boxes[i]!.text, placed[j]!, boxes[j]!.text)).toBe(false);
    expect(placed.filter((place) => place.leader).length).toBeGreaterThanOrEqual(2);
  });

  it('keeps off a line where there is a choice', () => {
    const line = { left: 0, right: 800, top: 86, bottom: 88 };
    const [free] = placeLabels([box(100, 100, 'name')], frame);
    const [kept] = placeLabels([box(100, 100, 'name')], frame, [line]);
    expect(free!.middle).toBeLessThan(100);
    expect(kept!.middle).toBeGreaterThan(100);
  });

  it('keeps up to six names apart wherever the marks are', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 0, max: 400 }));
    fc.assert(
      fc.property(fc.array(point, { maxLength: 6 }), (points) => {
        const boxes = points.map(([x, y], i) => box(x, y, `variant ${i}`));
        const placed = placeLabels(boxes, frame);
        for (let i = 0; i < boxes.length; i++) for (let j = 0; j < i; j++) expect(touch(placed[i]!, boxes[i]!.text, placed[j]!, boxes[j]!.text)).toBe(false);
      }),
    );
  });
});
