// An axis of ECharts from an Axis of ours: ticks in the axis's unit, quiet lines.
import { formatBytes, formatNumber } from '@modeldiet/pipeline';
import { colour } from '../theme';
import type { Axis } from './chart';

const tick = (axis: Axis, value: number): string =>
  (axis.unit === 'bytes' ? formatBytes(value) : formatNumber(value, axis.unit)).replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');

/** Room left and right of the data, so that no mark or label touches the frame. */
function extent(axis: Axis, values: readonly number[]): { min: number; max: number } {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (axis.scale === 'log') return { min: 10 ** Math.floor(Math.log10(low)), max: 10 ** Math.ceil(Math.log10(high * 1.01)) };
  const pad = (high - low || Math.abs(high) || 1) * 0.12;
  const max = axis.unit === 'share' ? Math.min(1, high + pad) : high + pad;
  return { min: axis.fromZero ? 0 : Math.max(Math.sign(low) >= 0 ? 0 : low - pad, low - pad), max };
}

/** `values` are all that must be seen, ends of intervals included. */
export function axisOption(axis: Axis, values: readonly number[], narrow: boolean) {
  return {
    type: axis.scale === 'log' ? ('log' as const) : ('value' as const),
    ...extent(axis, values),
    splitNumber: narrow ? 3 : 5,
    name: axis.label,
    nameLocation: 'middle' as const,
    nameTextStyle: { color: colour('muted'), fontSize: 13 },
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      color: colour('muted'),
      fontSize: 12,
      showMinLabel: axis.fromZero === true,
      showMaxLabel: false,
      formatter: (value: number) => tick(axis, value),
    },
    splitLine: { lineStyle: { color: colour('line') } },
  };
}
