// The worker of the drawn digit: holds the two committed models and the one on the sliders' diet, answers, times, scores.
import { batch } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { loadModel, type Model, saveModel } from '@modeldiet/onnx-io';
import { compareRuns } from '@modeldiet/profiler';
import { accuracy, evaluate, type Session } from '@modeldiet/runtime';
import { type Feeds, type LongWork, tensor, toFloat32 } from '@modeldiet/tensor';
import float32Url from '../../models/digits.float32.onnx?url';
import int8Url from '../../models/digits.int8.onnx?url';
import { type Contender, contenders, type Diet, type LabQuestions, type Score } from '../questions';
import { answer, inOrder } from '../rpc';
import { backend } from './ort';
import { thin } from './thin';
import { fasterOf, gzipped, timingOf } from './weigh';

/** The digits that no training has seen: the same split as in make-models.mjs. */
const test = batch(digitsSplit({ seed: 1 }).test, 120);
const alone = inOrder();
const sessions = new Map<Contender, Session>();
const scores = new Map<string, Score>();

const fetched = async (url: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(new URL(url, import.meta.url))).arrayBuffer());
const float32 = fetched(float32Url).then(async (bytes) => ({ bytes, model: await loadModel(bytes) }));

const sessionOf = (name: Contender): Session => {
  const session = sessions.get(name);
  if (!session) throw new Error(`the ${name} model is not there yet`);
  return session;
};
const feeds = ({ inputs }: Session, digit: Float32Array): Feeds => ({ [inputs[0]!.name]: tensor('float32', digit, [1, digit.length]) });

async function scoreOf(session: Session, bytes: Uint8Array, work: LongWork): Promise<Score> {
  const { value, ci95, n } = await evaluate(session, { dataset: test, metric: accuracy(), ...work });
  return { accuracy: value, ci95, n, bytes: bytes.byteLength, gzip: await gzipped(bytes) };
}

/** Opens a model and scores it; it takes the name's place only when all went well. */
async function admit(name: Contender | undefined, source: Model | Uint8Array, bytes: Uint8Array, work: LongWork): Promise<Score> {
  const session = await backend.createSession(source, work);
  let kept = false;
  try {
    const score = await scoreOf(session, bytes, work);
    if (name) {
      const before = sessions.get(name);
      sessions.set(name, session);
      kept = true;
      await before?.release();
    }
    return score;
  } finally {
    if (!kept) await session.release();
  }
}

async function dieted({ bits, amount, keep }: Diet & { readonly keep: boolean }, work: LongWork): Promise<Score> {
  const key = `${bits}/${amount}`;
  const known = scores.get(key);
  if (known && !keep) return known;
  const model = await thin((await float32).model, { bits, amount }, work);
  const { bytes } = await saveModel(model, work);
  const score = await admit(keep ? 'diet' : undefined, bytes, bytes, work);
  scores.set(key, score);
  return score;
}

const softmax = (logits: Float32Array): readonly number[] => {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (x) => Math.exp(x - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
};

async function predicted(name: Contender, digit: Float32Array): Promise<readonly number[]> {
  const session = sessionOf(name);
  const output = session.outputs[0]!.name;
  return softmax(toFloat32((await session.run(feeds(session, digit)))[output]!));
}

answer<LabQuestions>(self, {
  start: async (_, work) => {
    const whole = await float32;
    const small = await fetched(int8Url);
    const answers = { float32: await admit('float32', whole.bytes, whole.bytes, work), int8: await admit('int8', small, small, work) };
    await dieted({ bits: 8, amount: 0, keep: true }, work);
    return { ...answers, runtime: backend.runtime };
  },
  predict: async (digit) => {
    const [float, int8, diet] = await Promise.all(contenders.map((name) => predicted(name, digit)));
    return { float32: float!, int8: int8!, diet: diet! };
  },
  time: (digit, work) =>
    alone(async () => {
      work.signal?.throwIfAborted();
      const run = (name: Contender) => () => sessionOf(name).run(feeds(sessionOf(name), digit));
      const limits = { minSamples: 40, maxTimeMs: 400, maxWarmupMs: 150, minTimeMs: 60, targetRelativeCi: 0.03, ...work };
      const { measurements, ratios } = await compareRuns({ float32: run('float32'), int8: run('int8'), diet: run('diet') }, limits);
      const { float32: a, int8: b, diet: c } = measurements;
      return { timings: { float32: timingOf(a), int8: timingOf(b), diet: timingOf(c) }, int8: fasterOf(ratios.int8) };
    }),
  diet: (give, work) =>
    alone(async () => {
      work.signal?.throwIfAborted();
      return dieted(give, work);
    }),
});
