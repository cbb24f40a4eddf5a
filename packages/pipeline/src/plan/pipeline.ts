// A plan: steps as data, run one after the other.
import type { Model, Report } from '@modeldiet/onnx-io';
import { checkpoint } from '@modeldiet/tensor';
import type { TrainReport } from '@modeldiet/train';
import { fail } from '../errors';
import { runStep, type Stage, type Step, stepRows, type Workshop } from './steps';

export interface PlanResult {
  readonly model: Model;
  /** One a step, in order. */
  readonly reports: readonly (Report | TrainReport)[];
}

export interface Pipeline {
  /** JSON: write it down, and `pipeline(JSON.parse(...))` is the same plan. */
  readonly steps: readonly Step[];
  /** The model you pass in is never changed. Throws what the steps throw, and `pipeline/step-needs` before any of them has run. */
  run(model: Model, workshop?: Workshop): Promise<PlanResult>;
}

/** Throws `pipeline/no-steps`, `unknown-step`. */
export function checkSteps(steps: readonly Step[]): void {
  if (steps.length === 0) throw fail('no-steps');
  const known = Object.keys(stepRows);
  for (const { step } of steps) if (!known.includes(step)) throw fail('unknown-step', { where: { option: 'steps' }, expected: known, actual: step });
}

/** Throws `pipeline/step-needs` where data or a backend is missing. */
export function checkNeeds(steps: readonly Step[], { dataset, backend }: Workshop): void {
  for (const { step } of steps) {
    if (stepRows[step].needs === 'nothing') continue;
    if (!dataset) throw fail('step-needs', { where: { option: 'dataset' }, actual: step }, `${step} needs data`);
    if (!backend) throw fail('step-needs', { where: { option: 'backend' }, actual: step }, `${step} needs a backend to run the model on`);
  }
}

/**
 * Steps to be run in their order. Masks of a `pruneUnstructured` are held by a `fineTune` right behind it. Throws `pipeline/no-steps`, `unknown-step`.
 * @example
 * const { model: small } = await pipeline([{ step: 'pruneStructured', amount: 0.3 }, { step: 'quantizeDynamic' }]).run(model);
 */
export function pipeline(steps: readonly Step[]): Pipeline {
  checkSteps(steps);
  return Object.freeze<Pipeline>({
    steps,
    run: async (model, workshop = {}) => {
      checkNeeds(steps, workshop);
      let stage: Stage = { model };
      const reports: (Report | TrainReport)[] = [];
      for (const [done, step] of steps.entries()) {
        await checkpoint(workshop, { phase: 'plan', done, total: steps.length, unit: 'steps', item: step.step });
        const { report, ...next } = await runStep(stage, step, workshop);
        stage = next;
        reports.push(report);
      }
      return { model: stage.model, reports };
    },
  });
}
