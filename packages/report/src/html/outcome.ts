// What `optimize` of @modeldiet/pipeline decided, and which techniques it left out. Nothing for results of a plain comparison.
import type { Results } from '@modeldiet/pipeline';
import { escapeXml } from '../text/escape';
import { card } from './figure';

export function decidedSection({ verdict, chosen }: Results): string {
  const said = [verdict?.says, chosen === undefined ? undefined : `Chosen: ${chosen}.`].filter((text) => text !== undefined);
  return said.length ? card('The budget', `<p class="said">${said.map(escapeXml).join('<br>')}</p>`) : '';
}

export function leftOutSection({ skipped = [] }: Results): string {
  const rows = skipped.map(
    ({ technique, code, reason }) => `<div><dt>${escapeXml(technique)}</dt><dd>${escapeXml(reason)} <span class="code">${escapeXml(code)}</span></dd></div>`,
  );
  return rows.length ? card('Left out', `<dl class="conditions single">${rows.join('\n')}</dl>`) : '';
}
