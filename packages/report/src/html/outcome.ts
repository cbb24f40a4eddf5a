// What `optimize` of @modeldiet/pipeline decided, and which techniques it could not apply. Nothing for results of a plain comparison.
import type { Results } from '@modeldiet/pipeline';
import { escapeXml } from '../text/escape';
import { card } from './figure';

export function outcomeSection({ verdict, chosen, skipped = [] }: Results): string {
  const said = [verdict?.says, chosen === undefined ? undefined : `Chosen: ${chosen}.`].filter((text) => text !== undefined);
  const left = skipped.map(
    ({ technique, code, reason }) => `<div><dt>${escapeXml(technique)}</dt><dd>${escapeXml(reason)} <span class="code">${escapeXml(code)}</span></dd></div>`,
  );
  return [
    said.length ? card('The budget', `<p class="said">${said.map(escapeXml).join('<br>')}</p>`) : '',
    left.length ? card('Could not be applied', `<dl class="conditions single">${left.join('\n')}</dl>`) : '',
  ].join('\n');
}
