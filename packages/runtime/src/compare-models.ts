// Two models on the same feeds, output by output: what quantizing or pruning changed.
import { type Batches, checkpoint, type Feeds } from '@modeldiet/tensor';
import type { Backend, ModelSource, Session, SessionOptions, Slot } from './backend';
import { bindFeeds } from './bind-feeds';
import { type DifferenceTally, differenceTally, type OutputDifference } from './difference';
import { fail } from './errors';
import { onSession } from './session';

export interface CompareModelsOptions extends SessionOptions {
  /** Items both models can take; columns that neither reads are left out. */
  readonly feeds: Batches;
  readonly backend?: Backend;
  /** Columns that are never inputs; default `['label']`. */
  readonly labels?: readonly string[];
}

export interface ModelComparison {
  readonly outputs: readonly OutputDifference[];
  /** Outputs with no partner, that are no tensors, or whose dims differ. */
  readonly notCompared: readonly { readonly name: string; readonly reason: string }[];
  readonly batches: number;
}

const dimsOf = (dims: readonly number[]): string => `[${dims.join(',')}]`;

/** The outputs both have, by name; the only one of each when the names differ. */
function partners(a: Session, b: Session, leave: (name: string, reason: string) => void): Map<string, string> {
  const open = (session: Session): Slot[] => session.outputs.filter(({ name }) => !Object.hasOwn(session.notFetched, name));
  for (const [name, reason] of Object.entries({ ...b.notFetched, ...a.notFetched })) leave(name, reason);
  const [left, right] = [open(a), open(b)];
  const pairs = new Map<string, string>();
  if (left.length === 1 && right.length === 1) return pairs.set(left[0]!.name, right[0]!.name);
  const names = new Set(right.map(({ name }) => name));
  for (const { name } of left)
    if (names.delete(name)) pairs.set(name, name);
    else leave(name, 'only the first model has it');
  for (const name of names) leave(name, 'only the second model has it');
  return pairs;
}

/**
 * Runs both models on the same feeds and says, output by output, how far the second strays from the first. Models are opened on `backend`; open sessions
 * may be given too. Throws `runtime/empty-dataset`, and what `bindFeeds` and `run` throw.
 * @example
 * const { outputs } = await compareModels(original, quantized, { feeds: randomFeeds(original, { count: 8 }), backend });
 */
export async function compareModels(a: ModelSource | Session, b: ModelSource | Session, options: CompareModelsOptions): Promise<ModelComparison> {
  const { feeds, labels, ...rest } = options;
  return onSession(a, rest, (first) => onSession(b, rest, (second) => compareSessions(first, second, feeds, labels, options)));
}

async function compareSessions(a: Session, b: Session, feeds: Batches, labels: readonly string[] | undefined, work: SessionOptions): Promise<ModelComparison> {
  const { signal, onProgress, onWarning } = work;
  const notCompared: { name: string; reason: string }[] = [];
  const leave = (name: string, reason: string): void => void notCompared.push({ name, reason });
  const pairs = partners(a, b, leave);
  const tallies = new Map<string, DifferenceTally>([...pairs.keys()].map((name) => [name, differenceTally(name)]));
  let batches = 0;
  for await (const item of feeds as AsyncIterable<Feeds>) {
    await checkpoint({ signal, onProgress, onWarning }, { phase: 'compare', done: batches, unit: 'batches' });
    batches++;
    if (tallies.size === 0) continue;
    const left = await a.run(bindFeeds(a.inputs, item, { labels }), { fetches: [...tallies.keys()], signal });
    const right = await b.run(bindFeeds(b.inputs, item, { labels }), { fetches: [...tallies.keys()].map((name) => pairs.get(name)!), signal });
    for (const [name, tally] of tallies) {
      const [x, y] = [left[name]!, right[pairs.get(name)!]!];
      if (tally.add(x, y)) continue;
      leave(name, `${x.type} ${dimsOf(x.dims)} against ${y.type} ${dimsOf(y.dims)}`);
      tallies.delete(name);
    }
  }
  if (batches === 0) throw fail('empty-dataset', { where: { option: 'feeds' } });
  return { outputs: [...tallies.values()].map((tally) => tally.result()), notCompared, batches };
}
