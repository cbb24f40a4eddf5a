// What is known of a dropped file, as it becomes known: a table of two columns, the agreement of the outputs, the download.
import { byId, bytesText, el, timeText } from '../dom';
import type { Difference, Faster, FileQuestions, Timing, Weight } from '../questions';

type Opened = FileQuestions['open']['get'];
type Quantized = FileQuestions['quantize']['get'];

const count = new Intl.NumberFormat('en');
const share = (part: number, whole: number): string => (whole > 0 ? `${((100 * part) / whole).toFixed(0)} %` : '');

function factor({ ratio, ci95, verdict }: Faster): string {
  const interval = ci95.map((x) => x.toFixed(2)).join(' to ');
  return verdict === 'level' ? `level (${interval} times as fast)` : `${ratio.toFixed(2)} times as fast (${interval})`;
}

function differenceText({ name, sqnrDb, cosine, top1Agreement }: Difference): string {
  const facts = [
    sqnrDb === null ? undefined : sqnrDb === Number.POSITIVE_INFINITY ? 'equal' : `${sqnrDb.toFixed(1)} dB signal to noise`,
    cosine === null ? undefined : `cosine ${cosine.toFixed(5)}`,
    top1Agreement === null ? undefined : `same winner in ${(100 * top1Agreement).toFixed(0)} %`,
  ].filter((fact) => fact !== undefined);
  return `${name}: ${facts.length ? facts.join(', ') : 'no number'}`;
}

export interface FileResult {
  opened(name: string, opened: Opened): void;
  quantized(name: string, quantized: Quantized): void;
  agreement(outputs: readonly Difference[], feeds: number): void;
  timedAlone(time: Timing): void;
  timed(times: { readonly float32: Timing; readonly int8: Timing; readonly int8Is: Faster }): void;
}

let href: string | undefined;

/** An empty result; the one before it is gone, its download too. */
export function fileResult(): FileResult {
  if (href) URL.revokeObjectURL(href);
  href = undefined;
  const root = byId('file-result');
  const body = el('tbody');
  const below = el('div');
  let whole: Weight | undefined;
  const row = (name: string, ...cells: readonly string[]): void =>
    body.append(el('tr', {}, el('th', { scope: 'row' }, name), ...cells.map((text) => el('td', {}, text))));
  const widen = (name: string, a: string, b: string, against: string): void => {
    for (const old of body.querySelectorAll('tr')) if (old.firstElementChild?.textContent === name) old.remove();
    row(name, a, b, against);
  };
  return {
    opened: (name, { parameters, bytes, gzip, nodes, opTypes, inputs }) => {
      whole = { parameters, bytes, gzip };
      const ops = Object.entries(opTypes).sort(([, a], [, b]) => b - a);
      const head = el('tr', {}, el('td'), ...['as dropped', 'int8', ''].map((text) => el('th', { scope: 'col' }, text)));
      const table = el('div', { class: 'scroll' }, el('table', {}, el('thead', {}, head), body));
      const listed = ops.slice(0, 8).map(([op, n]) => `${n} ${op}`);
      const facts = [`${nodes} nodes: ${listed.join(', ')}${ops.length > 8 ? ', ...' : ''}`, `Input ${inputs.join('; ')}`];
      root.replaceChildren(el('h3', {}, name), ...facts.map((text) => el('p', { class: 'note' }, text)), table, below);
      body.replaceChildren();
      below.replaceChildren();
      root.hidden = false;
      row('parameters', count.format(parameters));
      row('file', bytesText(bytes));
      row('gzipped', bytesText(gzip));
    },
    quantized: (name, { file, parameters, bytes, gzip, changed, skipped }) => {
      if (!whole) return;
      widen('parameters', count.format(whole.parameters), count.format(parameters), '');
      widen('file', bytesText(whole.bytes), bytesText(bytes), share(bytes, whole.bytes));
      widen('gzipped', bytesText(whole.gzip), bytesText(gzip), share(gzip, whole.gzip));
      href = URL.createObjectURL(new Blob([file.slice()], { type: 'application/octet-stream' }));
      const stays = skipped.map(({ node, reason }) => el('li', {}, `${node}: ${reason}`));
      below.append(el('p', {}, el('a', { class: 'button', id: 'download', href, download: name }, `Download ${name}`)));
      below.append(el('p', { class: 'note' }, `${changed} nodes quantized${stays.length ? '' : ', none left as it was'}.`));
      if (stays.length) below.append(el('details', {}, el('summary', {}, `${stays.length} left as they were`), el('ul', {}, ...stays)));
    },
    agreement: (outputs, feeds) => {
      const shown = outputs.slice(0, 6).map((output) => el('li', {}, differenceText(output)));
      below.append(el('h4', {}, `Do they agree? On ${feeds} made-up inputs`), el('ul', { id: 'agreement' }, ...shown));
      if (outputs.length > shown.length) below.append(el('p', { class: 'note' }, `and ${outputs.length - shown.length} more outputs`));
    },
    timedAlone: ({ median, samples }) => {
      row('one run', timeText(median));
      below.append(el('p', { class: 'note' }, `The median of ${samples} samples, on one WebAssembly thread.`));
    },
    timed: ({ float32, int8, int8Is }) => {
      widen('one run', timeText(float32.median), timeText(int8.median), factor(int8Is));
      below.append(el('p', { class: 'note' }, `Medians of ${float32.samples} and ${int8.samples} samples taken in turn, on one WebAssembly thread.`));
    },
  };
}
