// Models run in turns on the same feeds, one thread each.
import { linear, relu, saveModel, sequential } from '@modeldiet/onnx-io';
import { compareRuns } from '@modeldiet/profiler';
import { bindFeeds, randomFeeds } from '@modeldiet/runtime';

const limits = { maxTimeMs: 700 };
export const bytesOf = async (model) => (await saveModel(model)).bytes;
export const mlp = (...sizes) =>
  sequential(
    sizes.slice(1).flatMap((to, i) => [linear(sizes[i], to), ...(i < sizes.length - 2 ? [relu()] : [])]),
    { seed: 1 },
  );

export const feedsOf = (model, dims) => randomFeeds(model, { dims, seed: 1 }).at(0);

/** Runs models in turns on the same feeds; gives the ratio of the first to each of the others, and the medians. */
export async function inTurns(backend, models, batch) {
  const sessions = [];
  try {
    const runs = {};
    const [first] = Object.values(models);
    const feeds = feedsOf(first, { batch });
    for (const [name, model] of Object.entries(models)) {
      const session = await backend.createSession(await bytesOf(model), { threads: 1 });
      sessions.push(session);
      const bound = bindFeeds(session.inputs, feeds);
      runs[name] = () => session.run(bound);
    }
    return await compareRuns(runs, limits);
  } finally {
    for (const session of sessions) await session.release();
  }
}
