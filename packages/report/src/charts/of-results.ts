// The charts that results make: a cost against accuracy, each where the results have both. One row a cost.
import { batchesOf, formatCell, frontier, type Interval, type Results, type VariantResult } from '@modeldiet/pipeline';
import type { Axis, ScatterChart } from './chart';

interface Cost {
  readonly id: string;
  readonly axis: Omit<Axis, 'scale'>;
  readonly of: (variant: VariantResult) => number | undefined;
  readonly interval?: (variant: VariantResult) => Interval | undefined;
}

const size: Cost = { id: 'size', axis: { label: 'file size', unit: 'bytes', fromZero: true }, of: (variant) => variant.bytes };
const latency = (batch: string): Cost => ({
  id: `latency-${batch}`,
  axis: { label: `latency at batch ${batch}`, unit: 'ms' },
  of: (variant) => variant.latencyMs[batch]?.median,
  interval: (variant) => variant.latencyMs[batch]?.ci95,
});

/** Beyond this span of costs a linear axis would crowd the small ones on its left edge. */
const logAbove = 30;

function scatter(results: Results, cost: Cost): ScatterChart | undefined {
  const points = results.variants.flatMap((variant) => {
    const score = variant.accuracy ?? variant.agreement;
    const x = cost.of(variant);
    return score && x !== undefined ? [{ name: variant.name, x, y: score.value, xInterval: cost.interval?.(variant), yInterval: score.ci95 }] : [];
  });
  if (points.length < 2) return undefined;
  const best = new Set(frontier(points, { cost: (point) => point.x, gain: (point) => point.y }));
  const span = Math.max(...points.map((point) => point.x)) / Math.min(...points.map((point) => point.x));
  const gain = results.variants.some((variant) => variant.accuracy) ? 'accuracy' : 'agreement with the original';
  const on = [...best]
    .map((point) => `${point.name} (${formatCell({ value: point.x }, cost.axis.unit)}, ${formatCell({ value: point.y }, 'share')})`)
    .join(', ');
  return {
    kind: 'scatter',
    title: `${cost.axis.label} and ${gain}`,
    description: `${points.length} variants by ${cost.axis.label} and ${gain}. On the frontier: ${on}.`,
    x: { ...cost.axis, scale: span > logAbove ? 'log' : 'linear' },
    y: { label: gain, unit: 'share' },
    points: points.map((point) => ({ ...point, onFrontier: best.has(point) })),
  };
}

/** Size and, for each batch size, latency against accuracy (agreement where there are no labels); nothing for fewer than two such variants. */
export function chartsOf(results: Results): { readonly id: string; readonly chart: ScatterChart }[] {
  return [size, ...batchesOf(results).map(latency)].flatMap((cost) => {
    const chart = scatter(results, cost);
    return chart ? [{ id: cost.id, chart }] : [];
  });
}
