// Where the time goes: a receipt a model, side by side, their bars on one scale.
import { formatInterval, formatMs, formatShare, type Interval } from '@modeldiet/pipeline';
import { escapeXml } from '../text/escape';

/** Of what `profileModel` of @modeldiet/profiler returns, the part that is drawn. */
export interface ReceiptFigures {
  /** A run as the caller feels it. */
  readonly latencyMs: { readonly median: number; readonly ci95: Interval };
  /** All kernels of a run. */
  readonly kernelMs: number;
  readonly nodes: readonly {
    readonly node: string;
    readonly opType: string;
    readonly ms: number;
    /** Of all kernels' time, 0..1. */
    readonly share: number;
    readonly bound: 'compute' | 'memory' | null;
  }[];
}
export interface NamedReceipt {
  readonly name: string;
  /** Rows of the batch that was run. */
  readonly batch?: number;
  readonly receipt: ReceiptFigures;
}

/** What takes less than the first ones is summed up in one row. */
const rowsAtMost = 10;
const bounds = { compute: 'arithmetic', memory: 'memory' } as const;

type Row = ReceiptFigures['nodes'][number];

function line({ node, opType, ms, share, bound }: Row, most: number): string {
  const width = most > 0 ? ((100 * ms) / most).toFixed(1) : '0';
  return (
    `<tr><th scope="row"><span class="op">${escapeXml(opType)}</span><span class="node">${escapeXml(node)}</span></th>` +
    `<td class="bar"><span style="width:${width}%"></span></td><td>${escapeXml(formatMs(ms))}</td><td>${formatShare(share, 1)}</td><td>${bound ? bounds[bound] : '\u2013'}</td></tr>`
  );
}

function rest(nodes: readonly Row[]): Row[] {
  if (nodes.length === 0) return [];
  const sum = (of: (row: Row) => number): number => nodes.reduce((total, row) => total + of(row), 0);
  return [{ node: '', opType: `${nodes.length} more nodes`, ms: sum(({ ms }) => ms), share: sum(({ share }) => share), bound: null }];
}

function receiptCard({ name, batch, receipt }: NamedReceipt, most: number): string {
  const { latencyMs, kernelMs, nodes } = receipt;
  // One row that stands for a single node would take as much room as the node.
  const shown = nodes.length > rowsAtMost + 1 ? [...nodes.slice(0, rowsAtMost), ...rest(nodes.slice(rowsAtMost))] : nodes;
  const whole = `${formatMs(latencyMs.median)} (${formatInterval(latencyMs.ci95, 'ms')}) a run${batch === undefined ? '' : ` at batch ${batch}`}, ${formatMs(kernelMs)} of it in kernels`;
  return (
    `<section class="card"><h3>${escapeXml(name)}</h3><p class="whole">${escapeXml(whole)}</p>` +
    `<div class="scroll" role="region" aria-label="receipt of ${escapeXml(name)}" tabindex="0"><table class="receipt"><thead><tr><th scope="col">operator and node</th>` +
    `<th scope="col" class="bar"></th><th scope="col">time</th><th scope="col">share</th><th scope="col">bound by</th></tr></thead><tbody>\n` +
    `${shown.map((row) => line(row, most)).join('\n')}\n</tbody></table></div></section>`
  );
}

/** The receipts under one heading; nothing for none. */
export function receiptsSection(receipts: readonly NamedReceipt[]): string {
  if (receipts.length === 0) return '';
  const most = Math.max(...receipts.flatMap(({ receipt }) => receipt.nodes.map(({ ms }) => ms)), 0);
  return (
    `<section class="part"><h2>Where the time goes</h2><p class="sub">The nodes of a run by the runtime\u2019s own trace, one scale for all bars. A node is bound by arithmetic or by memory, against the rates of this machine.</p>` +
    `<div class="pair">${receipts.map((one) => receiptCard(one, most)).join('\n')}</div></section>`
  );
}
