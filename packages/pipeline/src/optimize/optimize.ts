// Search under a budget: the cheapest technique first, each measured, until the budget is met; where it cannot be, what binds.
import { isModelDietError } from '@modeldiet/numfmt';
import { type Model, requireModel } from '@modeldiet/onnx-io';
import type { MeasureOptions } from '@modeldiet/profiler';
import type { Backend, Metric, Target } from '@modeldiet/runtime';
import { checkpoint, type Dataset, type LongWork } from '@modeldiet/tensor';
import { type Bench, type Figures, fixedBatchOf, type ItemMetric, largestFileOf, openBench } from '../bench';
import type { MeasureColdStart } from '../cold-start';
import { conditionsOf, marked } from '../compare-variants';
import { fail } from '../errors';
import { checkNeeds, checkSteps } from '../plan/pipeline';
import { runStep, type Stage, stepText, type Workshop } from '../plan/steps';
import type { Environment, Results, SkippedTechnique } from '../results';
import { type SavedVariant, saveVariant, type Variant } from '../variant';
import { type Budget, checkBudget, type LimitContext, type RuntimeFiles, type Weighed } from './budget';
import { type Judge, judgeFor } from './judge';
import { type Preset, type PresetName, presetRow, presets, targetOf } from './presets';
import { techniques as allTechniques, needsOf, ordered, type Technique } from './techniques';
import { missedBy, type Verdict, verdictOn } from './verdict';

export interface OptimizeOptions extends LongWork {
  readonly backend: Backend;
  /** Without one every technique that can be applied is tried, and nothing is chosen. */
  readonly budget?: Budget;
  /** Its budget (limits of `budget` replace its own), what it tries first, its target and threads. */
  readonly preset?: PresetName;
  /** To calibrate and fine-tune on. Without `validation` a fifth of it is held out to judge by. */
  readonly dataset?: Dataset;
  /** What variants are judged by; never the test data, which is read once, at the end, by you. */
  readonly validation?: Dataset;
  /** A metric, or a function of one item's outputs where more is better. Default accuracy where there is a column of integer labels, else agreement with the original. */
  readonly metric?: Metric | ItemMetric;
  /** Where it will run; default the preset's, else `cpu()`. */
  readonly target?: Target;
  /** Of the runtime; default the preset's, else 1. */
  readonly threads?: number;
  /** Of splits, random feeds, fine-tuning and the order of runs; default 0. */
  readonly seed?: number | string;
  /** Extents of symbolic dims for random feeds. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Batch sizes to time; the smallest one is the budget's. Default 1, or what the file fixes. */
  readonly batches?: readonly number[];
  readonly measure?: Omit<MeasureOptions, keyof LongWork>;
  /** `freshProcess` of `./node` measures memory, and outlives a runtime that crashes on a variant. */
  readonly coldStart?: MeasureColdStart;
  readonly environment?: Environment;
  /** What is downloaded with the model, for budgets of a page; default the preset's. */
  readonly runtimeFiles?: RuntimeFiles;
  /** Default all of the table. */
  readonly techniques?: Readonly<Record<string, Technique>>;
  /** One line for the results; default 'optimize'. */
  readonly task?: string;
  /** What `validation` is, in words, for the results. */
  readonly judgedOn?: string;
  /** The path that a variant's file will have, for the results. */
  readonly pathOf?: (name: string) => string;
}

export interface Optimized {
  /** The first variant that meets the budget; undefined where none does, or there is no budget. */
  readonly chosen: SavedVariant | undefined;
  /** The original first, then what was tried, in that order; with their models. */
  readonly variants: readonly SavedVariant[];
  readonly frontier: readonly SavedVariant[];
  /** Techniques that could not be applied, and why. */
  readonly skipped: readonly SkippedTechnique[];
  /** Undefined without a budget. */
  readonly verdict: Verdict | undefined;
  /** JSON: the table, with the budget, the verdict and what was skipped. */
  readonly results: Results;
}

/** The name of the model as it came. */
const originalName = 'original';

function presetOf(name: PresetName | undefined): Preset | undefined {
  if (name === undefined) return undefined;
  if (!Object.hasOwn(presets, name)) throw fail('unknown-preset', { where: { option: 'preset' }, expected: Object.keys(presets), actual: name });
  return presetRow(name);
}

/** Why a technique cannot be tried here at all. */
function missing(technique: Technique, { dataset, labelled }: Judge): string | undefined {
  const needs = needsOf(technique);
  if (needs !== 'nothing' && !dataset) return needs === 'data' ? 'it needs data to calibrate with' : 'it needs labelled data to train on';
  return needs === 'labels' && !labelled ? "it needs labels to train on: a column 'label'" : undefined;
}

/** Steps that several techniques begin with are run once. */
function maker(model: Model, workshop: Workshop): (technique: Technique) => Promise<Stage> {
  const known = new Map<string, Stage>();
  return async ({ steps }) => {
    let stage: Stage = { model };
    for (let n = 1; n <= steps.length; n++) {
      const key = JSON.stringify(steps.slice(0, n));
      const made = known.get(key);
      if (made) stage = made;
      else {
        const { model: next, masks } = await runStep(stage, steps[n - 1]!, workshop);
        stage = { model: next, ...(masks && { masks }) };
        known.set(key, stage);
      }
    }
    return stage;
  };
}

interface Entry {
  readonly saved: SavedVariant;
  readonly figures: Figures;
}

const weigh = ({ saved, figures }: Entry, latencyMs: number | null): Weighed => ({ figures, largestFileBytes: largestFileOf(saved), latencyMs });

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
const sameFiles = (a: SavedVariant, b: SavedVariant): boolean =>
  sameBytes(a.bytes, b.bytes) && Object.entries(b.externalData).every(([name, data]) => sameBytes(a.externalData[name] ?? new Uint8Array(), data));

async function put(bench: Bench, variant: Variant, work: LongWork, total: number): Promise<Entry> {
  const saved = await saveVariant(variant, work);
  return { saved, figures: await bench.add(saved, total) };
}

/**
 * Tries techniques on a model, the cheapest first, and measures each, until one meets the budget. Variants are judged by the metric on `validation`; without labels by how they agree with the original.
 * A technique that the model does not take is in `skipped`, with its reason. Without a budget everything is tried and nothing chosen.
 * Throws `pipeline/budget`, `budget-impossible`, `not-measured`, `unknown-preset`, `same-name`, and what the original's session and the data throw.
 * @example
 * const { chosen, verdict } = await optimize(model, { budget: { sizeBytes: 1e6, drop: 0.01 }, dataset: train, validation, backend });
 */
export async function optimize(model: Model, options: OptimizeOptions): Promise<Optimized> {
  requireModel(model);
  const preset = presetOf(options.preset);
  const budget: Budget | undefined = preset || options.budget ? { ...preset?.budget, ...options.budget } : undefined;
  const runtimeFiles = options.runtimeFiles ?? preset?.runtimeFiles;
  if (budget) checkBudget(budget, { runtimeFiles, ownProcess: options.coldStart !== undefined });
  const table = options.techniques ?? allTechniques;
  for (const { steps } of Object.values(table)) checkSteps(steps);
  if (Object.hasOwn(table, originalName)) throw fail('same-name', { where: { option: 'techniques' }, actual: originalName });
  const { backend, signal, onProgress, onWarning, seed = 0, dims, pathOf } = options;
  const work: LongWork = { signal, onProgress, onWarning };
  const threads = options.threads ?? preset?.threads ?? 1;
  const batches = options.batches ?? [fixedBatchOf(model) ?? 1];
  const judge = await judgeFor(model, options);
  const { dataset, validation, metric, scoreOn } = judge;
  const target = options.target ?? targetOf(preset);
  const workshop: Workshop = { ...work, backend, target, threads, seed, ...(dataset && { dataset }), ...(validation && { validation }) };
  const { measure, coldStart } = options;
  const bench = openBench({
    ...work,
    backend,
    threads,
    batches,
    seed,
    scoreOn,
    ...(validation && { dataset: validation }),
    ...(dims && { dims }),
    ...(metric && { metric }),
    ...(measure && { measure }),
    ...(coldStart && { coldStart }),
  });
  const tries = ordered(table, preset?.tryFirst);
  const total = tries.length + 1;
  const smallest = String(Math.min(...batches));
  const entries: Entry[] = [];
  const skipped: SkippedTechnique[] = [];
  try {
    const named = (name: string, steps: readonly string[], made: Model): Variant => ({ name, steps, model: made, ...(pathOf && { path: pathOf(name) }) });
    const original = await put(bench, named(originalName, [], model), work, total);
    entries.push(original);
    const context: LimitContext = {
      original: weigh(original, null),
      better: metric && typeof metric !== 'function' ? metric.better : 'higher',
      ...(runtimeFiles && { runtimeFiles }),
    };
    /** Whether it meets the budget, as far as can be told; the clock is asked last. */
    const meets = async (entry: Entry): Promise<boolean> => {
      if (!budget) return false;
      const missed = missedBy(weigh(entry, null), budget, context);
      if (missed.some(({ limit }) => limit !== 'latencyMs')) return false;
      if (missed.length === 0) return true;
      const names = [...new Set([originalName, entry.figures.name])];
      const latency = await bench.time(names);
      return missedBy(weigh(entry, latency.at(-1)![smallest]!.median), budget, context).length === 0;
    };
    const settle = async () => {
      const latency = await bench.time();
      const weighed = entries.map((entry, i) => weigh(entry, latency[i]![smallest]!.median));
      const chosen = budget ? weighed.findIndex((variant) => missedBy(variant, budget, context).length === 0) : -1;
      return { latency, weighed, chosen };
    };
    let settled = (await meets(original)) ? await settle() : undefined;
    const make = maker(model, workshop);
    for (const [done, [name, technique]] of tries.entries()) {
      if (settled && settled.chosen >= 0) break;
      await checkpoint(work, { phase: 'optimize', done, total: tries.length, unit: 'steps', item: name });
      const lacks = missing(technique, judge);
      if (lacks) {
        skipped.push({ technique: name, code: 'pipeline/step-needs', reason: lacks });
        continue;
      }
      try {
        checkNeeds(technique.steps, workshop);
        const { model: made } = await make(technique);
        const saved = await saveVariant(named(name, technique.steps.map(stepText), made), work);
        const twin = entries.find((entry) => sameFiles(entry.saved, saved));
        if (twin) {
          skipped.push({ technique: name, code: 'same-file', reason: `it gives the same file as '${twin.figures.name}'` });
          continue;
        }
        entries.push(await put(bench, saved, work, total));
      } catch (error) {
        signal?.throwIfAborted();
        if (!isModelDietError(error)) throw error;
        skipped.push({ technique: name, code: error.code, reason: error.message });
        continue;
      }
      if (await meets(entries.at(-1)!)) settled = await settle();
    }
    if (!settled || settled.latency.length < entries.length) settled = await settle();
    const { latency, weighed, chosen } = settled;
    const verdict = budget && verdictOn(weighed, weighed[chosen], budget, context);
    const measured = marked(
      entries.map(({ figures }, i) => ({ ...figures, latencyMs: latency[i]! })),
      batches,
    );
    const results: Results = {
      task: options.task ?? 'optimize',
      environment: conditionsOf({ backend, threads, environment: options.environment }),
      variants: measured,
      ...(chosen >= 0 && { chosen: entries[chosen]!.figures.name }),
      judgedOn: judge.random ? judge.judgedOn : (options.judgedOn ?? judge.judgedOn),
      ...(options.preset && { preset: options.preset }),
      ...(budget && { budget }),
      ...(verdict && { verdict }),
      skipped,
    };
    return {
      chosen: entries[chosen]?.saved,
      variants: entries.map(({ saved }) => saved),
      frontier: entries.flatMap(({ saved }, i) => (measured[i]!.onFrontier ? [saved] : [])),
      skipped,
      verdict,
      results,
    };
  } finally {
    await bench.close();
  }
}
