// What quantization does to weights: each one's distribution and a stretch of its number line, before and after.
import { chartsOfWeight, type WeightPicture } from '../charts/of-weights';
import { escapeXml } from '../text/escape';
import { card, figure } from './figure';

const size = [580, 340] as const;

/** A pair of cards a weight; nothing for none. */
export function weightsSection(weights: readonly WeightPicture[]): string {
  if (weights.length === 0) return '';
  const pairs = weights.map((picture, i) => {
    const { histogram, numberLine } = chartsOfWeight(picture);
    const whole = figure(histogram, {
      id: `weight-${i}-histogram`,
      size,
      caption: 'The shape stays. In each bin, how many weights are there as floats, and as what their codes mean.',
    });
    const near = figure(numberLine, {
      id: `weight-${i}-line`,
      size,
      caption: 'Close up: every tick is a number that has a code. A thread that leans is what rounding moved, at most half the way to the next tick.',
    });
    return `<div class="pair">${card(histogram.title, whole)}${card(numberLine.title, near)}</div>`;
  });
  const formats = [...new Set(weights.map(({ format }) => format))].join(', ');
  return `<section class="part"><h2>What ${escapeXml(formats)} does to weights</h2>${pairs.join('\n')}</section>`;
}
