// The kinds of charts, a row each, and the one way from a chart to SVG: ECharts without a DOM, made to stand alone and to follow the theme.
import { LineChart, ScatterChart as Scatter } from 'echarts/charts';
import { GraphicComponent, GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeXml } from '../text/escape';
import { fontStack, type Theme, themeCss } from '../theme';
import { barOption } from './bar';
import type { Canvas } from './canvas';
import type { Chart } from './chart';
import { histogramOption } from './histogram';
import { lineOption } from './line';
import { numberLineOption } from './number-line';
import { scatterOption } from './scatter';

type Kind = Chart['kind'];
type ChartOf = { readonly [K in Kind]: Extract<Chart, { kind: K }> };
const kinds: { readonly [K in Kind]: (chart: ChartOf[K], canvas: Canvas) => object } = {
  scatter: scatterOption,
  line: lineOption,
  bar: barOption,
  histogram: histogramOption,
  numberLine: numberLineOption,
};
const optionOf = <K extends Kind>(kind: K, chart: ChartOf[K], canvas: Canvas): object => kinds[kind](chart, canvas);

export interface SvgOptions {
  /** In CSS pixels; default 880 x 420. Below 560 the narrow layout is drawn. */
  readonly width?: number;
  readonly height?: number;
  /** Default 'auto': follows prefers-color-scheme, also inside an <img>. 'inherit' takes the CSS variables of the page it is put into. */
  readonly theme?: Theme | 'inherit';
  /** Starts every id in the drawing; two drawings on one page need two. Default 'chart'. */
  readonly id?: string;
}

const narrowBelow = 560;

/**
 * Draws a chart as an SVG document, the same bytes for the same chart: it needs no network, no script and no page, and says its title and description to screen readers.
 * @throws `report/nothing-to-draw` for a chart without numbers, `report/not-drawable` for one that is not finite, or not positive on a logarithmic axis
 */
export function toSvg(chart: Chart, options: SvgOptions = {}): string {
  const { width = 880, height = 420, theme = 'auto' } = options;
  const id = escapeXml(options.id ?? 'chart');
  use([LineChart, Scatter, GridComponent, GraphicComponent, SVGRenderer]);
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    drawing.setOption({ textStyle: { fontFamily: fontStack }, ...optionOf(chart.kind, chart, { width, height, narrow: width < narrowBelow }) });
    return finish(drawing.renderToSVGString(), chart, theme, id);
  } finally {
    drawing.dispose();
  }
}

/** ECharts numbers its ids by how many charts it drew before, adds rules for a pointer that a still picture has no use for, and says nothing to screen readers. */
function finish(svg: string, chart: Chart, theme: Theme | 'inherit', id: string): string {
  const style = theme === 'inherit' ? '' : `<style>${themeCss(`[id="${id}"]`, theme)}</style>`;
  const head = `<title id="${id}-title">${escapeXml(chart.title)}</title><desc id="${id}-desc">${escapeXml(chart.description)}</desc>${style}`;
  return svg
    .replace(/\bzr\d+-/g, `${id}-`)
    .replace(/ (?:class="[\w-]*"|pointer-events="\w+"|ecmeta_\w+="[^"]*")/g, '')
    .replace(/<style ><!\[CDATA\[[\s\S]*?\]\]>\s*<\/style>\s*/, '')
    .replace(/<svg ([^>]*)>/, (_, attributes: string) => `<svg id="${id}" role="img" aria-labelledby="${id}-title ${id}-desc" ${attributes.trim()}>${head}`);
}
