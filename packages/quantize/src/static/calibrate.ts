// Ranges of activations, seen by running the model: the values that quantizeStatic will ask for.
import { type Draft, type Model, requireModel, type Value } from '@modeldiet/onnx-io';
import { type Backend, observe } from '@modeldiet/runtime';
import { type Batches, type LongWork, toFloat32 } from '@modeldiet/tensor';
import { fail } from '../errors';
import { type Calibrator, minMax, type Range } from './calibrator';
import { planStatic } from './plan';
import { type StaticRules, staticRules } from './rules';

/** Plain data keyed by value name: what one run measured, another may use. */
export interface CalibrationTable {
  readonly calibrator: { readonly name: string; readonly options: object };
  /** Items that were run. */
  readonly items: number;
  readonly ranges: Readonly<Record<string, Range>>;
}

export interface CalibrateOptions extends LongWork {
  /** Real inputs of the model, a few hundred examples. */
  readonly dataset: Batches;
  readonly backend: Backend;
  /** Default `minMax()`. */
  readonly calibrator?: Calibrator;
  /** Default: every value that static quantization gives a scale. */
  readonly values?: readonly string[];
  readonly rules?: StaticRules;
  /** Columns of the dataset that are never inputs; default `['label']`. */
  readonly labels?: readonly string[];
}

const everything = (model: Model): Draft => ({ model, selects: () => true, change: () => 0, skip: () => 0, warn: () => undefined });

/** The names of the values whose range `quantizeStatic` asks for, in graph order. */
export function calibratedValues(model: Model, rules: StaticRules = staticRules): string[] {
  requireModel(model);
  const { scaled, fixed } = planStatic(everything(model), model.graph, rules);
  const sources = new Set<Value>([...scaled.values()].filter((value) => !fixed.has(value)));
  return [...sources].map(({ name }) => name);
}

/**
 * Runs `dataset` through the model and keeps the range of each value, one tensor in memory at a time. The result does not depend on the order of the items.
 * Throws `runtime/empty-dataset`, `quantize/calibration-not-finite` naming the value that held NaN or infinity, and what `observe` throws.
 */
export async function calibrate(model: Model, options: CalibrateOptions): Promise<CalibrationTable> {
  requireModel(model);
  const { dataset, backend, calibrator = minMax(), rules = staticRules, labels, signal, onProgress, onWarning } = options;
  const values = options.values ?? calibratedValues(model, rules);
  const { name, options: chosen } = calibrator;
  if (values.length === 0) return { calibrator: { name, options: chosen }, items: 0, ranges: {} };
  const tallies = new Map(values.map((value) => [value, calibrator.begin()] as const));
  let items = 0;
  for await (const { batch, value, tensor } of observe(model, values, dataset, { backend, labels, signal, onProgress, onWarning })) {
    items = Math.max(items, batch + 1);
    const numbers = toFloat32(tensor);
    const wrong = numbers.findIndex((x) => !Number.isFinite(x));
    if (wrong >= 0) throw fail('calibration-not-finite', { where: { value }, actual: `${numbers[wrong]} in item ${batch}` });
    tallies.get(value)!.add(numbers);
  }
  return { calibrator: { name, options: chosen }, items, ranges: Object.fromEntries([...tallies].map(([value, tally]) => [value, tally.range()])) };
}
