// A drawing as the digits data set stores one: strokes, scaled and centred, on a 32 x 32 bitmap, of which every 4 x 4 block is counted: 8 x 8 numbers from 0 to 16.
// The counting is that of the data set's authors (E. Alpaydin and C. Kaynak, 1998); the scaling does what their forms' preprocessing did: digits fill the height.

export interface Point {
  readonly x: number;
  readonly y: number;
}
export type Stroke = readonly Point[];

export const side = 8;
const bitmap = 32;
const block = bitmap / side;
/** Width of the pen on the bitmap: the digits of the data set have ink on 30 % of it, and so do drawings with this pen. */
const pen = 5.4;
/** The ink of wider drawings is squeezed to so many columns: no digit of the data set reaches both sides. */
const widest = 25;

/** Where the bitmap's frame lies over a drawing: a point's place on the bitmap is `(x - left) * scaleX`, `(y - top) * scaleY`. */
function frameOf(points: readonly Point[]): { readonly left: number; readonly top: number; readonly scaleX: number; readonly scaleY: number } {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [width, height] = [right - left, bottom - top];
  // A flat stroke is not blown up to the full height.
  const scaleY = (bitmap - pen) / Math.max(height, width / 2, 1e-6);
  const scaleX = Math.min(scaleY, (widest - pen) / Math.max(width, 1e-6));
  return { left: (left + right) / 2 - bitmap / 2 / scaleX, top: (top + bottom) / 2 - bitmap / 2 / scaleY, scaleX, scaleY };
}

/** The squared distance of a point from the line between two others. */
function distance2(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = dx === 0 && dy === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy)));
  return (p.x - a.x - along * dx) ** 2 + (p.y - a.y - along * dy) ** 2;
}

/** Strokes in any unit -> 64 counts from 0 to 16, row by row; all 0 for no strokes. */
export function digitOf(strokes: readonly Stroke[]): Float32Array {
  const counts = new Float32Array(side * side);
  const points = strokes.flat();
  if (points.length === 0) return counts;
  const { left, top, scaleX, scaleY } = frameOf(points);
  const placed = strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: (x - left) * scaleX, y: (y - top) * scaleY })));
  const lines = placed.flatMap((stroke) => stroke.map((point, i) => [stroke[i - 1] ?? point, point] as const));
  for (let row = 0; row < bitmap; row++)
    for (let column = 0; column < bitmap; column++) {
      const centre = { x: column + 0.5, y: row + 0.5 };
      if (lines.some(([a, b]) => distance2(centre, a, b) <= (pen / 2) ** 2)) counts[Math.floor(row / block) * side + Math.floor(column / block)]!++;
    }
  return counts;
}
