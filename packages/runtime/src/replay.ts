// Batches that can be gone through more than once: a generator is kept in memory the first time.
import type { Batches, Feeds } from '@modeldiet/tensor';

const isOneShot = (batches: Batches): boolean =>
  Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() === (batches as unknown) : batches[Symbol.iterator]() === (batches as unknown);

/** The same items, again and again. Arrays and datasets are used as they are; what can be iterated only once is collected. */
export async function replayable(batches: Batches): Promise<Batches> {
  if (!isOneShot(batches)) return batches;
  const items: Feeds[] = [];
  for await (const item of batches) items.push(item);
  return items;
}
