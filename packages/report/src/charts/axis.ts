// An axis of ECharts from an Axis of ours: ticks in the axis's unit, quiet lines. And where a value stands on it, in pixels.
import { formatBytes, formatNumber } from '@modeldiet/pipeline';
import { fail } from '../errors';
import { colour } from '../theme';
import type { Axis } from './chart';

export const formatTick = (axis: Axis, value: number): string =>
  (axis.unit === 'bytes' ? formatBytes(value) : formatNumber(value, axis.unit)).replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');

const bases = { log: 10, log2: 2 } as const;
const logarithm = { log: Math.log10, log2: Math.log2 } as const;

/** For a grid: ECharts else moves it inwards where a label would leave the picture, and what is drawn by hand would be off by those pixels. */
export const asLaidOut = { outerBoundsMode: 'none' as const };

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** Room left and right of the data, so that no mark or label touches the frame. */
function extent(axis: Axis, values: readonly number[]): Extent {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (axis.scale === 'log' || axis.scale === 'log2') {
    const [base, log] = [bases[axis.scale], logarithm[axis.scale]];
    // Doublings are close together: what stands on the edge may stay there.
    const [first, last] = [Math.floor(log(low)), Math.ceil(log(axis.scale === 'log2' ? high : high * 1.01))];
    return { min: base ** first, max: base ** Math.max(last, first + 1) };
  }
  const pad = (high - low || Math.abs(high) || 1) * 0.12;
  const max = axis.unit === 'share' && high <= 1 ? Math.min(1, high + pad) : high + pad;
  return { min: axis.fromZero ? Math.min(0, low) : Math.max(Math.sign(low) >= 0 ? 0 : low - pad, low - pad), max };
}

/** @throws `report/nothing-to-draw`, `report/not-drawable` */
function checkValues(axis: Axis, values: readonly number[]): void {
  if (values.length === 0) throw fail('nothing-to-draw', { where: { value: axis.label } });
  const log = axis.scale === 'log' || axis.scale === 'log2';
  const odd = values.find((value) => !Number.isFinite(value) || (log && value <= 0));
  if (odd !== undefined)
    throw fail('not-drawable', { where: { value: axis.label }, expected: log ? 'positive numbers on a logarithmic axis' : 'finite numbers', actual: odd });
}

/** Every doubling, or every second, third ... where those would be too many: ECharts itself would show decades of 2^10. */
function doublings({ min, max }: Extent, atMost: number): number[] {
  const first = Math.round(Math.log2(min));
  const count = Math.round(Math.log2(max)) - first;
  const step = Math.ceil(count / atMost);
  return Array.from({ length: Math.floor(count / step) + 1 }, (_, i) => 2 ** (first + i * step));
}

/** `values` are all that must be seen, ends of intervals included. */
export function axisOption(axis: Axis, values: readonly number[], narrow: boolean) {
  checkValues(axis, values);
  const range = extent(axis, values);
  const ticks = axis.scale === 'log2' ? { customValues: doublings(range, narrow ? 5 : 14) } : {};
  return {
    type: axis.scale === 'log' || axis.scale === 'log2' ? ('log' as const) : ('value' as const),
    logBase: axis.scale === 'log2' ? 2 : 10,
    ...range,
    splitNumber: narrow ? 3 : 5,
    name: axis.label,
    nameLocation: 'middle' as const,
    nameTextStyle: { color: colour('muted'), fontSize: 13 },
    axisLine: { show: false },
    axisTick: { show: false, ...ticks },
    axisLabel: {
      color: colour('muted'),
      fontSize: 12,
      showMinLabel: axis.fromZero === true || axis.scale === 'log2',
      showMaxLabel: axis.scale === 'log2',
      hideOverlap: true,
      ...ticks,
      formatter: (value: number) => formatTick(axis, value),
    },
    splitLine: { lineStyle: { color: colour('line') } },
  };
}

/** From a value to its pixel along an axis that begins at `from` and is `length` long. */
export function pixels(axis: Axis, { min, max }: Extent, from: number, length: number): (value: number) => number {
  const f = axis.scale === 'log' || axis.scale === 'log2' ? logarithm[axis.scale] : (value: number) => value;
  return (value) => from + ((f(value) - f(min)) / (f(max) - f(min))) * length;
}
