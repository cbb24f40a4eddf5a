// A sample of what an app really feeds a session: the best calibration data there is.
import { type Dataset, type Feeds, random, type Tensor } from '@modeldiet/tensor';
import type { Session } from './backend';
import { fail } from './errors';

export interface RecordFeedsOptions {
  /** How many feeds to keep at most. */
  readonly max: number;
  /** Seeds the choice of which to keep; default 0. */
  readonly seed?: number | string;
}

/** The feeds kept so far, as a dataset; `session` is the one to run in place of the recorded one. */
export interface Recording extends Dataset {
  readonly length: number;
  /** Runs as the recorded session does, and keeps a sample. */
  readonly session: Session;
  /** Runs seen, kept or not. */
  readonly seen: number;
  at(index: number): Feeds;
}

/** Feeds are borrowed only while a run lasts, so what is kept is a copy. */
const copyOf = (tensor: Tensor): Tensor =>
  ({ ...tensor, dims: [...tensor.dims], data: tensor.type === 'string' ? [...tensor.data] : tensor.data.slice() }) as Tensor;

/**
 * Records what is fed to a session: every run that succeeds has the same chance to be among the `max` kept, however long the app runs (Vitter's algorithm R, 1985).
 * Feeds on a device are not kept. Throws `runtime/bad-option`.
 * @example
 * const recording = recordFeeds(session, { max: 200 });
 * app.session = recording.session;   // later: calibrate(model, { dataset: recording, ... })
 */
export function recordFeeds(session: Session, options: RecordFeedsOptions): Recording {
  const { max, seed = 0 } = options;
  if (!Number.isInteger(max) || max < 1) throw fail('bad-option', { where: { option: 'max' }, expected: 'a whole number, 1 or more', actual: max });
  const draw = random(seed).fork('recordFeeds');
  const kept: Feeds[] = [];
  let seen = 0;

  const keep = (feeds: Feeds): void => {
    seen++;
    const place = kept.length < max ? kept.length : Math.floor(draw.next() * seen);
    if (place < max) kept[place] = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, copyOf(tensor)]));
  };
  const onHost = (feeds: Parameters<Session['run']>[0]): feeds is Feeds => Object.values(feeds).every((tensor) => 'data' in tensor);
  const run = async (feeds: Parameters<Session['run']>[0], more: object = {}): Promise<Record<string, Tensor>> => {
    const outputs = await session.run(feeds, more);
    if (onHost(feeds)) keep(feeds);
    return outputs;
  };

  return {
    session: { ...session, run },
    get length() {
      return kept.length;
    },
    get seen() {
      return seen;
    },
    at(index) {
      const item = kept[index];
      if (!item) throw fail('bad-option', { where: { option: 'index' }, expected: `0 to ${kept.length - 1}`, actual: index });
      return item;
    },
    async *[Symbol.asyncIterator]() {
      yield* [...kept];
    },
  };
}
