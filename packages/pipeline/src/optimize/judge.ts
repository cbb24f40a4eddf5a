// What optimize calibrates and trains on, what it judges by, and how: the caller's data, or seeded random feeds where there is none.
import { batch, cache, split } from '@modeldiet/data';
import type { Model } from '@modeldiet/onnx-io';
import { accuracy, type Metric, randomFeeds } from '@modeldiet/runtime';
import type { Dataset, Feeds, LongWork } from '@modeldiet/tensor';
import { fixedBatchOf, type ItemMetric } from '../bench';

export interface JudgeOptions extends LongWork {
  readonly dataset?: Dataset;
  readonly validation?: Dataset;
  readonly metric?: Metric | ItemMetric;
  readonly dims?: Readonly<Record<string, number>>;
  readonly seed?: number | string;
}

export interface Judge {
  /** To calibrate and to train on. */
  readonly dataset?: Dataset;
  /** What variants are scored on; of the user's data. */
  readonly validation?: Dataset;
  /** As sessions are fed with it. */
  readonly scoreOn: Dataset;
  readonly metric?: Metric | ItemMetric;
  /** Whether examples carry labels. */
  readonly labelled: boolean;
  /** 'validation', 'a fifth of the data', 'random:32'. */
  readonly judgedOn: string;
  readonly random: boolean;
}

/** Without data. */
const randomCount = 32;
const heldOut = 0.2;

async function firstOf(dataset: Dataset): Promise<Feeds | undefined> {
  for await (const item of dataset) return item;
  return undefined;
}

/** The data in its two parts; without `validation` a fifth is held out, stratified by class. What is too short to split serves as both, and that is said. */
async function partsOf({ dataset, validation, seed = 0, ...work }: JudgeOptions): Promise<Pick<Judge, 'dataset' | 'validation' | 'judgedOn'> | undefined> {
  if (validation) return { ...(dataset && { dataset }), validation, judgedOn: 'validation' };
  if (!dataset) return undefined;
  const held = dataset.at && dataset.length !== undefined ? dataset : await cache(dataset, work);
  if ((held.length ?? 0) < 1 / heldOut) {
    work.onWarning?.({
      code: 'pipeline/judged-on-calibration',
      message: `${held.length} items are too few to hold some out: variants are judged on the data they are calibrated on`,
      where: { option: 'dataset' },
    });
    return { dataset: held, validation: held, judgedOn: 'dataset' };
  }
  const [train, rest] = await split(held, [1 - heldOut, heldOut], { seed });
  return { dataset: train!, validation: rest!, judgedOn: 'a fifth of the dataset' };
}

/** Throws what `randomFeeds` throws where there is no data, `data/argument`. */
export async function judgeFor(model: Model, options: JudgeOptions): Promise<Judge> {
  const { metric, dims, seed = 0 } = options;
  const parts = await partsOf(options);
  if (!parts) {
    const scoreOn = randomFeeds(model, { ...(dims && { dims }), seed, count: randomCount });
    return { scoreOn, labelled: false, judgedOn: `random:${randomCount}`, random: true };
  }
  const validation = parts.validation!;
  const first = await firstOf(validation);
  const isInput = model.graph.inputs.some(({ name }) => name === 'label');
  const labelled = !isInput && first?.label !== undefined;
  const classes = labelled && /^u?int/.test(first.label!.type);
  const scored = metric ?? (classes ? accuracy() : undefined);
  const fixed = fixedBatchOf(model);
  const rows = Object.values(first ?? {})[0]?.dims[0];
  const scoreOn = fixed !== undefined && rows !== fixed ? batch(validation, fixed, { last: 'drop', onWarning: options.onWarning }) : validation;
  return { ...parts, scoreOn, labelled, random: false, ...(scored && { metric: scored }) };
}
