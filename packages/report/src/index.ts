export type {
  Axis,
  BarChart,
  BarSeries,
  Chart,
  HistogramChart,
  HistogramSeries,
  LineChart,
  LinePoint,
  LineSeries,
  NumberLineChart,
  NumberLinePoint,
  ReferenceLine,
  ScatterChart,
  ScatterPoint,
} from './charts/chart';
export { type SvgOptions, toSvg } from './charts/index';
export { chartsOf } from './charts/of-results';
export { chartsOfWeight, type WeightPicture } from './charts/of-weights';
export { type Condition, conditions } from './conditions';
export { errors } from './errors';
export { type Headline, headlines } from './headlines';
export type { NamedReceipt, ReceiptFigures } from './html/receipts';
export { type HtmlOptions, toHtml } from './html/report';
export { markdownTable, toMarkdown } from './markdown';
export { notes } from './notes';
export { escapeMarkdown, escapeXml } from './text/escape';
export { type ColourName, palette, type Theme } from './theme';
