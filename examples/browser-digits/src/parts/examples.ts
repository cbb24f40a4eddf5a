// The ten digits as somebody might draw them, for those who cannot: strokes of points in a unit square, y downwards.
import type { Stroke } from '../strokes';

/** Points on an ellipse, from one angle to another, in degrees clockwise from three o'clock. */
const arc = (cx: number, cy: number, rx: number, ry: number, from: number, to: number): Stroke =>
  Array.from({ length: 17 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 16) * Math.PI) / 180;
    return { x: cx + rx * Math.cos(angle), y: cy + ry * Math.sin(angle) };
  });
const line = (...points: readonly (readonly [number, number])[]): Stroke => points.map(([x, y]) => ({ x, y }));

const examples: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.24, 0.36, -90, 270)],
  [line([0.42, 0.28], [0.54, 0.14], [0.54, 0.86])],
  [[...arc(0.48, 0.32, 0.2, 0.18, -160, 40), ...line([0.3, 0.84], [0.74, 0.84])]],
  [[...arc(0.47, 0.32, 0.2, 0.18, -150, 90), ...arc(0.47, 0.67, 0.22, 0.18, -90, 150)]],
  [line([0.5, 0.14], [0.28, 0.56], [0.74, 0.56]), line([0.62, 0.36], [0.58, 0.88])],
  [line([0.72, 0.14], [0.36, 0.14], [0.34, 0.44]), arc(0.48, 0.63, 0.22, 0.21, -130, 150)],
  [[...arc(0.68, 0.62, 0.36, 0.48, -100, -180), ...arc(0.5, 0.67, 0.18, 0.19, -180, 180)]],
  [line([0.28, 0.16], [0.72, 0.16], [0.46, 0.88]), line([0.36, 0.52], [0.68, 0.52])],
  [arc(0.5, 0.32, 0.18, 0.17, 90, 450), arc(0.5, 0.67, 0.2, 0.18, -90, 270)],
  [[...arc(0.5, 0.34, 0.19, 0.19, 0, 360), ...line([0.68, 0.34], [0.66, 0.6], [0.56, 0.86])]],
];

/** The strokes of a digit, 0 to 9. */
export const example = (digit: number): readonly Stroke[] => examples[digit] ?? [];
