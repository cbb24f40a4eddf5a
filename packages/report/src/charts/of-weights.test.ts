// The pictures of a weight: counts on both sides, codes that stand where they mean to, and what is wrong with the data.
import { isModelDietError } from '@modeldiet/numfmt';
import { describe, expect, it } from 'vitest';
import { toSvg } from './index';
import { chartsOfWeight, type WeightPicture } from './of-weights';

const scale = 0.02;
const values = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i * 12.9898) * 0.9);
const picture: WeightPicture = { name: 'fc.weight', format: 'int8', values, codes: Int8Array.from(values, (x) => Math.round(x / scale)), scale };
const codeOf = (draw: () => unknown): string | undefined => {
  try {
    draw();
  } catch (error) {
    return isModelDietError(error) ? error.code : String(error);
  }
  return undefined;
};

describe('chartsOfWeight', () => {
  const { histogram, numberLine } = chartsOfWeight(picture);

  it('counts every number before and after, in the same bins', () => {
    const [before, after] = histogram.series;
    for (const { counts } of histogram.series) expect(Array.from(counts).reduce((a, b) => a + b, 0)).toBe(500);
    expect([after!.low, after!.high]).toEqual([before!.low, before!.high]);
    expect(Array.from(after!.counts)).not.toEqual(Array.from(before!.counts));
  });

  it('shows numbers at most half a step from what their codes mean', () => {
    expect(numberLine.points.length).toBeGreaterThan(3);
    expect(numberLine.points.length).toBeLessThanOrEqual(9);
    for (const { value, code, back } of numberLine.points) {
      expect(back).toBeCloseTo(code * scale, 6);
      expect(Math.abs(value - back)).toBeLessThanOrEqual(scale / 2 + 1e-6);
      expect(numberLine.levels!.some((level) => Math.abs(level - back) < 1e-6)).toBe(true);
    }
  });

  it('counts codes from their zero point', () => {
    const codes = Uint8Array.from(picture.codes, (code) => code + 128);
    const shifted = chartsOfWeight({ ...picture, format: 'uint8', codes, zeroPoint: 128 });
    expect(shifted.numberLine.points.map(({ back }) => back)).toEqual(numberLine.points.map(({ back }) => back));
    expect(shifted.numberLine.points[0]!.code).toBe(numberLine.points[0]!.code + 128);
  });

  it('draws weights that are all the same, or only one', () => {
    for (const value of [0, 0.5]) {
      const same = chartsOfWeight({ name: 'w', format: 'int8', values: [value, value], codes: [1, 1], scale: value || 1 });
      for (const chart of [same.histogram, same.numberLine]) expect(toSvg(chart)).toContain('<svg');
    }
  });

  it('says what is wrong with the data', () => {
    expect(codeOf(() => chartsOfWeight({ ...picture, values: [], codes: [] }))).toBe('report/nothing-to-draw');
    expect(codeOf(() => chartsOfWeight({ ...picture, codes: [1, 2] }))).toBe('report/weights');
  });
});
