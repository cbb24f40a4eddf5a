// Outlines of histograms over one x: steps with a light filling, so that the one behind shows through.
import { asLaidOut, axisOption } from './axis';
import { type Canvas, legend, lookOf } from './canvas';
import type { HistogramChart, HistogramSeries } from './chart';

/** From zero up at the left edge, one step a bin, down to zero at the right edge. */
function outline({ low, high, counts }: HistogramSeries): [number, number][] {
  const edge = (i: number) => low + ((high - low) * i) / counts.length;
  const steps = Array.from(counts, (count, i): [number, number] => [edge(i), count]);
  return steps.length === 0 ? [] : [[low, 0], ...steps, [high, 0]];
}

/** The option of ECharts that draws `chart` at this size. */
export function histogramOption(chart: HistogramChart, { width, narrow }: Canvas) {
  const drawn = chart.series.map(outline);
  const x = axisOption(
    chart.x,
    drawn.flatMap((points) => points.map(([at]) => at)),
    narrow,
  );
  const y = axisOption(
    { ...chart.y, fromZero: true },
    drawn.flatMap((points) => points.map(([, count]) => count)),
    narrow,
  );
  const sides = { left: narrow ? 74 : 84, right: narrow ? 20 : 28, bottom: 58 };
  const names = legend(
    chart.series.map(({ name }) => name),
    sides.left,
    width - sides.right,
  );
  return {
    animation: false,
    grid: { ...asLaidOut, ...sides, top: 16 + names.height },
    xAxis: { ...x, nameGap: 34 },
    yAxis: { ...y, nameGap: narrow ? 48 : 58 },
    graphic: { elements: names.elements },
    series: drawn.map((data, i) => {
      const { colour: of, dash } = lookOf(i);
      return {
        type: 'line' as const,
        silent: true,
        z: 3 + i,
        step: 'end' as const,
        symbol: 'none',
        data,
        lineStyle: { color: of, width: 1.5, type: dash },
        areaStyle: { color: of, opacity: 0.22 },
      };
    }),
  };
}
