// Which outputs a run computes.
import { fail } from './errors';

/** The outputs asked for, or all that can be had. Throws `runtime/unknown-fetch`, `runtime/not-fetchable`, `runtime/bad-option` for an empty list. */
export function wantedOutputs(
  fetches: readonly string[] | undefined,
  outputs: readonly string[],
  notFetched: Readonly<Record<string, string>>,
): readonly string[] {
  for (const value of fetches ?? []) {
    if (!outputs.includes(value)) throw fail('unknown-fetch', { where: { value }, expected: outputs });
    if (Object.hasOwn(notFetched, value)) throw fail('not-fetchable', { where: { value } }, notFetched[value]);
  }
  if (fetches?.length === 0) throw fail('bad-option', { where: { option: 'fetches' }, expected: 'at least one output, or no list for all', actual: 'none' });
  const list = fetches ?? outputs.filter((name) => !Object.hasOwn(notFetched, name));
  if (list.length === 0) throw fail('not-fetchable', { actual: notFetched }, 'no output of the model can be fetched');
  return list;
}
