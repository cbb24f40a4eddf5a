// What a chart is: plain data. How each kind is drawn is a row in charts/index.ts.
import type { Interval, Unit } from '@modeldiet/pipeline';

export interface Axis {
  readonly label: string;
  readonly unit: Unit;
  /** 'log' has decades, 'log2' has doublings, such as batch sizes. */
  readonly scale?: 'linear' | 'log' | 'log2';
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

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Of y. */
  readonly interval?: Interval;
}
export interface LineSeries {
  readonly name: string;
  /** In the order in which they are joined. */
  readonly points: readonly LinePoint[];
}
/** A line across the whole chart with a word beside it: a limit, the knee of a curve. */
export interface ReferenceLine {
  readonly axis: 'x' | 'y';
  readonly value: number;
  readonly label: string;
}

/** Curves over one x; intervals as a band behind the line, or as whiskers. */
export interface LineChart {
  readonly kind: 'line';
  readonly title: string;
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly LineSeries[];
  /** Default 'band'. */
  readonly intervals?: 'band' | 'whiskers';
  readonly references?: readonly ReferenceLine[];
}

export interface BarSeries {
  readonly name: string;
  /** One for each category; null where there is none. */
  readonly values: readonly (number | null)[];
  /** One for each category, where there are any. */
  readonly intervals?: readonly (Interval | undefined)[];
}

/** Horizontal bars from zero, a row for each category, a bar in it for each series; every bar says its value. */
export interface BarChart {
  readonly kind: 'bar';
  readonly title: string;
  readonly description: string;
  /** Linear. */
  readonly value: Axis;
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
}

/** Equal bins from `low` to `high`: what `histogram` of @modeldiet/tensor gives, with a name. */
export interface HistogramSeries {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly counts: ArrayLike<number>;
}

/** Outlines of one or several histograms over one x. */
export interface HistogramChart {
  readonly kind: 'histogram';
  readonly title: string;
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly HistogramSeries[];
}

export interface NumberLinePoint {
  readonly value: number;
  /** The integer that is stored for it. */
  readonly code: number;
  /** What the code means: where it stands on the same line. */
  readonly back: number;
}

/** Numbers above a line, the integer codes they become below it, each joined with its number. Labels are written where there is room. */
export interface NumberLineChart {
  readonly kind: 'numberLine';
  readonly title: string;
  readonly description: string;
  /** Linear. */
  readonly x: Axis;
  readonly above: string;
  readonly below: string;
  readonly points: readonly NumberLinePoint[];
  /** Every number that has a code: a tick each. */
  readonly levels?: readonly number[];
}

export type Chart = ScatterChart | LineChart | BarChart | HistogramChart | NumberLineChart;
