// What a chart is: plain data. How each kind is drawn is a row in charts/index.ts.
import type { Interval, Unit } from '@modeldiet/pipeline';

export interface Axis {
  readonly label: string;
  readonly unit: Unit;
  readonly scale?: 'linear' | 'log';
  /** Starts at zero; a log axis never does. */
  readonly fromZero?: boolean;
}

export interface ScatterPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly xInterval?: Interval;
  readonly yInterval?: Interval;
  readonly onFrontier: boolean;
}

/** A cost on x, a gain on y; the points of the frontier are joined by its staircase. */
export interface ScatterChart {
  readonly kind: 'scatter';
  readonly title: string;
  /** One sentence of what is to be seen, read out in place of the picture. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly ScatterPoint[];
}

export type Chart = ScatterChart;
