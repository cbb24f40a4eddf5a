// Where the names of points go, in pixels: beside their mark, clear of other names and marks; where that is crowded, further off with a leader line.

export interface LabelBox {
  /** Centre of the mark. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly text: string;
  readonly bold?: boolean;
}
export interface Placed {
  /** Left edge and vertical middle of the text. */
  readonly left: number;
  readonly middle: number;
  /** Set where the name is not beside its mark: where a line from the mark should end. */
  readonly leader?: readonly [x: number, y: number];
}
export interface Rect {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const lineHeight = 15;
/** Room for marks of different sizes between the rows of names. */
const rowHeight = 17;
/** There is no page to measure in: a mean advance of the system fonts at 12 px, on the wide side. */
const advance = { normal: 6.8, bold: 7.4 };
export const textWidth = (text: string, bold = false): number => text.length * (bold ? advance.bold : advance.normal);

const overlap = (a: Rect, b: Rect): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
const outside = (a: Rect, frame: Rect): number =>
  Math.max(0, frame.left - a.left) + Math.max(0, a.right - frame.right) + Math.max(0, frame.top - a.top) + Math.max(0, a.bottom - frame.bottom);

/** Rows above and below the mark, nearest first. Its own row comes late: the frontier and the whiskers run along it. */
const rows = [-1, 1, 0, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6];

function candidates({ x, y, radius, text, bold }: LabelBox): { rect: Rect; placed: Placed }[] {
  const width = textWidth(text, bold);
  return rows.flatMap((row) =>
    (['right', 'left'] as const).map((side) => {
      const far = Math.abs(row) > 1;
      const reach = row === 0 ? radius + 5 : far ? radius + 12 : 4;
      const middle = y + Math.sign(row) * (radius + 0.7 * lineHeight + (Math.abs(row) - 1) * rowHeight);
      const left = side === 'right' ? x + reach : x - reach - width;
      const rect = { left, right: left + width, top: middle - lineHeight / 2, bottom: middle + lineHeight / 2 };
      return { rect, placed: { left, middle, leader: far ? ([side === 'right' ? left - 2 : left + width + 2, middle] as const) : undefined } };
    }),
  );
}

/** Crossing a line is as bad as four places further down the list. */
const crossing = 4;

/** One place for each box, in their order; the earlier a box, the closer its name. `lines` are what a name should not cross where there is a choice. */
export function placeLabels(boxes: readonly LabelBox[], frame: Rect, lines: readonly Rect[] = []): Placed[] {
  const taken: Rect[] = boxes.map(({ x, y, radius }) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }));
  return boxes.map((box) => {
    let best: { cost: number; rect: Rect; placed: Placed } | undefined;
    for (const [rank, { rect, placed }] of candidates(box).entries()) {
      const cost =
        rank +
        1000 * outside(rect, frame) +
        taken.reduce((sum, other) => sum + 10 * overlap(rect, other), 0) +
        (lines.some((line) => overlap(rect, line) > 0) ? crossing : 0);
      if (!best || cost < best.cost) best = { cost, rect, placed };
    }
    taken.push(best!.rect);
    return best!.placed;
  });
}
