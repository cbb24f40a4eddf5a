// A written model tried before it is put in place: opened, run once, and held against the original where that runs too.
import { isModelDietError } from '@modeldiet/numfmt';
import type { Model } from '@modeldiet/onnx-io';
import { inOwnProcess } from '@modeldiet/pipeline/node';
import { bindFeeds, type Slot, withSession } from '@modeldiet/runtime';
import type { Dataset, Feeds } from '@modeldiet/tensor';
import type { Context } from '../context';
import { fail } from '../errors';
import type { OpenedBackend } from './backend';
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
  readonly backend: OpenedBackend;
  /** What is in the file. */
  readonly model: Model;
  readonly trial: Trial;
  /** The original's file; nothing to compare with for a verb that makes a new model. */
  readonly original?: string;
  readonly path: string;
  readonly seed: number;
  readonly threads: number;
}

/** An answer to "faster?", not a benchmark: bench is that. */
const quick = { maxWarmupMs: 150, maxTimeMs: 300, targetRelativeCi: 0.02 };

async function firstItem(items: Dataset): Promise<Feeds | undefined> {
  for await (const item of items) return item;
  return undefined;
}

/** The inputs as a session would name them. */
function inputsOf({ graph }: Model): Slot[] {
  return graph.inputs.flatMap(({ name, type, initializer }) =>
    initializer !== undefined
      ? []
      : [
          {
            name,
            ...(type && { type }),
            ...(type?.kind === 'tensor' && { ...(type.dtype && { dtype: type.dtype }), ...(type.shape && { dims: type.shape }) }),
          },
        ],
  );
}

/** A native runtime may end its process on a model, without a word: so it first gets one that may end. What it says in words is said again by the session that follows. */
async function outlive(context: Context, file: string, first: Feeds | undefined, { backend, model, path, threads }: TryRequest): Promise<void> {
  const { resolved, executionProviders } = backend;
  if (resolved.name !== 'onnxruntime-node') return;
  const feeds = first && bindFeeds(inputsOf(model), first);
  const { signal } = context;
  await inOwnProcess({ ort: resolved.path, file, threads, signal, ...(feeds && { feeds }), ...(executionProviders && { executionProviders }) }).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      if (isModelDietError(cause) && cause.code === 'pipeline/child-crashed')
        throw fail(
          'verify-failed',
          { where: { file: path }, cause, actual: cause.actual },
          `${backend.runtime} crashes on the model that was about to be written (${cause.actual}), so it was not put in place`,
        );
    },
  );
}

/** Throws `cli/verify-failed`, with the runtime's words as its cause; what does not fit the inputs is the data's error. */
export async function tryOut(context: Context, file: string, request: TryRequest): Promise<Tried> {
  const { backend, trial, original, path, seed } = request;
  const { signal } = context;
  const refused = (cause: unknown): never => {
    signal.throwIfAborted();
    throw fail('verify-failed', { where: { file: path }, cause });
  };
  const first = trial.data && (await firstItem(trial.data.items));
  await outlive(context, file, first, request);
  const session = await backend.createSession({ path: file }, { signal }).catch(refused);
  try {
    if (trial.missing !== undefined) return { verified: 'opened', note: trial.missing };
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
