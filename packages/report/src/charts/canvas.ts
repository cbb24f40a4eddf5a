// What every kind of chart is drawn with: its size, the looks of a series, the legend, and the few shapes drawn by hand.
import { type ColourName, colour, fontStack } from '../theme';
import { textWidth } from './labels';

/** The size drawn to, and whether it is that of a phone. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly narrow: boolean;
}

/** Series are told apart by colour, mark and dash: colour alone is not enough for everyone. */
const looks = [
  { name: 'accent', symbol: 'circle', dash: 'solid' },
  { name: 'series2', symbol: 'rect', dash: [7, 3] },
  { name: 'series3', symbol: 'triangle', dash: [2, 3] },
  { name: 'series4', symbol: 'diamond', dash: [9, 3, 2, 3] },
  { name: 'series5', symbol: 'circle', dash: [4, 4] },
  { name: 'series6', symbol: 'rect', dash: [12, 4] },
] as const satisfies readonly { name: ColourName; symbol: string; dash: 'solid' | readonly number[] }[];

export function lookOf(series: number) {
  const { name, symbol, dash } = looks[series % looks.length]!;
  return { colour: colour(name), symbol, dash: dash === 'solid' ? dash : [...dash] };
}

interface TextStyle {
  readonly align?: 'left' | 'center' | 'right';
  readonly role?: ColourName;
  readonly size?: number;
  readonly bold?: boolean;
}

/** A word at a place, its middle at `y`; over lines it keeps a rim of the surface's colour. */
export const word = (x: number, y: number, text: string, { align = 'left', role = 'muted', size = 12, bold = false }: TextStyle = {}) => ({
  type: 'text' as const,
  silent: true,
  z: 7,
  style: {
    x,
    y,
    text,
    align,
    verticalAlign: 'middle' as const,
    fill: colour(role),
    fontSize: size,
    fontFamily: fontStack,
    fontWeight: bold ? (600 as const) : (400 as const),
    stroke: colour('surface'),
    lineWidth: 3,
  },
});

export const stroke = (
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  of: string,
  { width = 1, opacity = 1, dash = undefined as number[] | undefined } = {},
) => ({
  type: 'line' as const,
  silent: true,
  z: 4,
  shape: { x1, y1, x2, y2 },
  style: { stroke: of, lineWidth: width, opacity, ...(dash ? { lineDash: dash } : {}) },
});

export const box = (x: number, y: number, width: number, height: number, of: string, opacity = 1) => ({
  type: 'rect' as const,
  silent: true,
  z: 3,
  shape: { x, y, width, height },
  style: { fill: of, opacity },
});

const legendRow = 20;
const swatch = 22;

/** The names of the series with their swatches, in as many rows as they need; nothing for one series. `height` is what the plot has to leave free. */
export function legend(names: readonly string[], left: number, right: number) {
  if (names.length < 2) return { height: 0, elements: [] };
  let [x, row] = [left, 0];
  const elements = names.flatMap((name, i) => {
    const width = swatch + 6 + textWidth(name) + 16;
    if (x > left && x + width > right) [x, row] = [left, row + 1];
    const y = 14 + row * legendRow;
    const { colour: of, dash } = lookOf(i);
    const parts = [stroke(x, y, x + swatch, y, of, { width: 3, dash: dash === 'solid' ? undefined : dash }), word(x + swatch + 6, y, name, { role: 'ink' })];
    x += width;
    return parts;
  });
  return { height: (row + 1) * legendRow + 4, elements };
}
