// What a model is worth on data with answers: accuracy on a label column, or the metric that the data brings along.
import { accuracy, type Backend, bindFeeds, evaluate, type ModelSource, withSession } from '@modeldiet/runtime';
import { meanInterval } from '@modeldiet/tensor';
import type { Context } from '../context';
import type { DataSet } from './feeds';

export interface Scored {
  readonly metric: string;
  readonly value: number;
  readonly ci95: readonly [number, number];
  readonly n: number;
}

const labelled = async ({ items }: DataSet): Promise<boolean> => {
  for await (const item of items) return /^u?int|^string$/.test(item.label?.type ?? '');
  return false;
};

/** undefined where the data has neither labels (column `label`, classes) nor a metric. */
export async function scorer(context: Context, data: DataSet, backend: Backend): Promise<((model: ModelSource) => Promise<Scored>) | undefined> {
  const { work, signal } = context;
  const { metric, items } = data;
  if (metric)
    return (model) =>
      withSession(backend, model, { signal }, async (session): Promise<Scored> => {
        const values: number[] = [];
        for await (const item of items) {
          signal.throwIfAborted();
          values.push(await metric(await session.run(bindFeeds(session.inputs, item), { signal }), item));
        }
        const { value, low, high } = meanInterval(values);
        return { metric: 'metric', value, ci95: [low, high], n: values.length };
      });
  if (data.random || !(await labelled(data))) return undefined;
  return async (model) => {
    const { value, ci95, n } = await evaluate(model, { ...work, dataset: items, metric: accuracy(), backend });
    return { metric: 'accuracy', value, ci95, n };
  };
}
