// The steps a plan is made of: name -> what it needs and what it calls. A step is data ({ step: 'pruneStructured', amount: 0.3 }); add one: its options here and one row.
import type { Model, Report } from '@modeldiet/onnx-io';
import { importances, type Masks, pruneStructured, pruneUnstructured } from '@modeldiet/prune';
import { calibrators, convertFloat, convertQat, prepareQat, quantizeDynamic, quantizeStatic, quantizeWeights, type WeightBits } from '@modeldiet/quantize';
import type { Backend, Target } from '@modeldiet/runtime';
import { simplify } from '@modeldiet/simplify';
import type { Dataset, LongWork } from '@modeldiet/tensor';
import { adam, crossEntropy, type Loss, mse, type TrainReport, train } from '@modeldiet/train';
import { fail } from '../errors';

/** The options of each step: JSON. */
export interface StepOptions {
  readonly simplify: object;
  readonly convertFloat: { readonly format?: 'float16' | 'bfloat16'; readonly compute?: 'float32' | 'float16' };
  readonly quantizeDynamic: { readonly granularity?: 'perAxis' | 'perTensor'; readonly conv?: 'integer' | 'storage' | 'dequantize' };
  readonly quantizeStatic: { readonly granularity?: 'perAxis' | 'perTensor'; readonly calibrator?: keyof typeof calibrators };
  /** Static int8 whose weights are trained on under rounding, by the arithmetic of the integers to come: prepareQat, train, convertQat. */
  readonly quantizeTrained: { readonly granularity?: 'perAxis' | 'perTensor'; readonly epochs?: number; readonly lr?: number; readonly batchSize?: number };
  readonly quantizeWeights: { readonly bits?: WeightBits; readonly blockSize?: number; readonly scheme?: 'symmetric' | 'asymmetric' };
  readonly pruneUnstructured: { readonly amount: number; readonly scope?: 'global' | 'perLayer' };
  readonly pruneStructured: { readonly amount: number; readonly multipleOf?: number; readonly importance?: keyof typeof importances };
  /** Trains on; masks of a pruneUnstructured before it are held. */
  readonly fineTune: { readonly epochs?: number; readonly lr?: number; readonly batchSize?: number };
}
export type StepName = keyof StepOptions;
export type StepOf<K extends StepName> = { readonly step: K } & StepOptions[K];
export type Step = { readonly [K in StepName]: StepOf<K> }[StepName];

/** What steps may use beside the model. */
export interface Workshop extends LongWork {
  readonly backend?: Backend;
  /** To calibrate and to train on, never to judge by. */
  readonly dataset?: Dataset;
  /** The best epoch of a fine-tuning is chosen on it. */
  readonly validation?: Dataset;
  /** Where the model will run; default `cpu()`. */
  readonly target?: Target;
  readonly threads?: number;
  readonly seed?: number | string;
}

/** What a step hands to the next. */
export interface Stage {
  readonly model: Model;
  readonly masks?: Masks;
}
export interface Stepped extends Stage {
  readonly report: Report | TrainReport;
}

/** 'nothing': the model alone. 'data': inputs to calibrate with. 'labels': examples with a column `label`, and a gradient. */
export type Needs = 'nothing' | 'data' | 'labels';

interface StepRow<K extends StepName> {
  readonly needs: Needs;
  readonly run: (stage: Stage, step: StepOf<K>, workshop: Workshop) => Promise<Stepped>;
}

const workOf = ({ signal, onProgress, onWarning }: Workshop): LongWork => ({ signal, onProgress, onWarning });
const targetOf = ({ target }: Workshop) => target && { target };

/** Throws `pipeline/step-needs`. */
function needed(step: StepName, { backend, dataset }: Workshop): { readonly backend: Backend; readonly dataset: Dataset } {
  if (!dataset) throw fail('step-needs', { where: { option: 'dataset' }, actual: step }, `${step} needs data`);
  if (!backend) throw fail('step-needs', { where: { option: 'backend' }, actual: step }, `${step} needs a backend to run the model on`);
  return { backend, dataset };
}

/** Integer labels are classes, floats are targets. Throws `pipeline/step-needs`. */
async function lossOf(dataset: Dataset, step: StepName): Promise<Loss> {
  for await (const { label } of dataset) {
    if (label) return /^u?int/.test(label.type) ? crossEntropy() : mse();
    break;
  }
  throw fail('step-needs', { where: { option: 'dataset' }, expected: "a column 'label'" }, `${step} needs labels`);
}

async function trainOn(
  { model, masks }: Stage,
  step: StepName,
  { epochs, lr, batchSize }: { readonly epochs: number; readonly lr: number; readonly batchSize: number | undefined },
  workshop: Workshop,
): Promise<{ model: Model; report: TrainReport }> {
  const { backend, dataset } = needed(step, workshop);
  const { validation, seed, threads } = workshop;
  return train(model, {
    backend,
    dataset,
    loss: await lossOf(dataset, step),
    optimizer: adam({ lr }),
    epochs,
    ...(validation && { validation }),
    ...(masks && { masks }),
    ...(batchSize !== undefined && { batchSize }),
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
    ...workOf(workshop),
  });
}

/** THE TABLE. */
export const stepRows: { readonly [K in StepName]: StepRow<K> } = {
  simplify: { needs: 'nothing', run: ({ model }, _, workshop) => simplify(model, workOf(workshop)) },
  convertFloat: { needs: 'nothing', run: ({ model }, { step: _, ...options }, workshop) => convertFloat(model, { ...options, ...workOf(workshop) }) },
  quantizeDynamic: {
    needs: 'nothing',
    run: ({ model }, { step: _, ...options }, workshop) => quantizeDynamic(model, { ...options, ...targetOf(workshop), ...workOf(workshop) }),
  },
  quantizeWeights: {
    needs: 'nothing',
    run: ({ model }, { step: _, ...options }, workshop) => quantizeWeights(model, { ...options, ...targetOf(workshop), ...workOf(workshop) }),
  },
  quantizeStatic: {
    needs: 'data',
    run: ({ model }, { step, calibrator, ...options }, workshop) =>
      quantizeStatic(model, {
        ...options,
        ...needed(step, workshop),
        ...(calibrator && { calibrator: calibrators[calibrator]() }),
        ...targetOf(workshop),
        ...workOf(workshop),
      }),
  },
  pruneUnstructured: { needs: 'nothing', run: ({ model }, { step: _, ...options }, workshop) => pruneUnstructured(model, { ...options, ...workOf(workshop) }) },
  pruneStructured: {
    needs: 'nothing',
    run: ({ model }, { step: _, importance, ...options }, workshop) =>
      pruneStructured(model, { ...options, ...(importance && { importance: importances[importance]() }), ...workOf(workshop) }),
  },
  quantizeTrained: {
    needs: 'labels',
    run: async ({ model }, { step, granularity, epochs = 4, lr = 5e-4, batchSize }, workshop) => {
      const prepared = await prepareQat(model, {
        ...needed(step, workshop),
        ...(granularity && { granularity }),
        ...targetOf(workshop),
        ...workOf(workshop),
      });
      const { model: learned } = await trainOn({ model: prepared.model }, step, { epochs, lr, batchSize }, workshop);
      return convertQat(learned, workOf(workshop));
    },
  },
  fineTune: {
    needs: 'labels',
    run: async (stage, { step, epochs = 8, lr = 1e-3, batchSize }, workshop) => {
      const { masks } = stage;
      return { ...(await trainOn(stage, step, { epochs, lr, batchSize }, workshop)), ...(masks && { masks }) };
    },
  },
};

export const runStep = <K extends StepName>(stage: Stage, step: StepOf<K>, workshop: Workshop): Promise<Stepped> => {
  const row: StepRow<K> = stepRows[step.step];
  return row.run(stage, step, workshop);
};

/** 'pruneStructured amount 0.3': a step in words. */
export const stepText = ({ step, ...options }: Step): string =>
  [
    step,
    ...Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key} ${value}`),
  ].join(' ');
