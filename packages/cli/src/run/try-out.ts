// A written model tried before it is put in place: opened, run once, and held against the original where that runs too.
import { isModelDietError } from '@modeldiet/numfmt';
import type { Model } from '@modeldiet/onnx-io';
import { type Backend, bindFeeds, withSession } from '@modeldiet/runtime';
import type { Feeds } from '@modeldiet/tensor';
import type { Context } from '../context';
import { fail } from '../errors';
import { type SideBySide, sideBySide } from './compare';
import { type DataSet, type FeedWords, openData } from './feeds';

/** What to run on; without data, why there is none. */
export type Trial = { readonly data: DataSet; readonly missing?: undefined } | { readonly data?: undefined; readonly missing: string };

/** What cannot be made up for an input. */
const unmakeable = new Set(['runtime/unbound-dim', 'runtime/no-random-feed', 'data/argument']);

/** With --data, everything wrong with it is an error; made-up feeds may be impossible, which must not stop a file from being written. */
export async function trialFeeds(context: Context, model: Model, words: FeedWords): Promise<Trial> {
  try {
    return { data: await openData(context, model, words) };
  } catch (error) {
    if (words.data !== undefined || !isModelDietError(error) || !unmakeable.has(error.code)) throw error;
    return { missing: `${error.message}${hint(model, error.where.value)}` };
  }
}

/** ' (or --dims x=1x3x?x?)': the input with its known extents filled in. */
function hint(model: Model, name: string | undefined): string {
  const type = model.graph.inputs.find((input) => input.name === name)?.type;
  if (type?.kind !== 'tensor' || !type.shape) return '';
  const extents = type.shape.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : '?'));
  return ` (or --dims ${name}=${extents.join('x')})`;
}

export interface Tried {
  /** 'ran': opened and run once; 'opened': not run, for the reason in `note`; 'no': not tried. */
  readonly verified: 'ran' | 'opened' | 'no';
  readonly note?: string;
  readonly compared?: SideBySide;
}

export interface TryRequest {
  readonly backend: Backend;
  readonly trial: Trial;
  /** The original's file; nothing to compare with for a verb that makes a new model. */
  readonly original?: string;
  readonly path: string;
  readonly seed: number;
}

/** An answer to "faster?", not a benchmark: bench is that. */
const quick = { maxWarmupMs: 300, maxTimeMs: 500, targetRelativeCi: 0.02 };

/** Throws `cli/verify-failed`, with the runtime's words as its cause; what does not fit the inputs is the data's error. */
export async function tryOut(context: Context, file: string, { backend, trial, original, path, seed }: TryRequest): Promise<Tried> {
  const { signal } = context;
  const refused = (cause: unknown): never => {
    signal.throwIfAborted();
    throw fail('verify-failed', { where: { file: path }, cause });
  };
  const session = await backend.createSession({ path: file }, { signal }).catch(refused);
  let first: Feeds | undefined;
  try {
    if (trial.missing !== undefined) return { verified: 'opened', note: trial.missing };
    for await (const item of trial.data.items) {
      first = item;
      break;
    }
    if (!first) return { verified: 'opened', note: 'the data is empty' };
    const feeds = bindFeeds(session.inputs, first);
    await session.run(feeds, { signal }).catch(refused);
  } finally {
    await session.release();
  }
  if (original === undefined) return { verified: 'ran' };
  const problem = await withSession(backend, { path: original }, { signal }, async () => undefined).catch((error: Error) => error);
  signal.throwIfAborted();
  if (problem) return { verified: 'ran', note: `not compared, as the original does not open: ${problem.message}` };
  return {
    verified: 'ran',
    compared: await sideBySide(context, { path: original }, { path: file }, { backend, data: trial.data, timed: first, seed, limits: quick }),
  };
}
