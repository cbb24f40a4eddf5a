// Two models side by side on the same feeds: output by output, and in turns against the clock.

import { formatInterval, formatMs, formatRatio } from '@modeldiet/pipeline';
import { type CompareOptions, compareRuns } from '@modeldiet/profiler';
import { type Backend, bindFeeds, compareModels, type ModelSource, type OutputDifference, withSession } from '@modeldiet/runtime';
import type { Feeds } from '@modeldiet/tensor';
import type { Context } from '../context';
import type { Paint } from '../terminal/paint';
import { textTable } from '../terminal/table';
import type { DataSet } from './feeds';

export interface Latency {
  /** Time of b over time of a: below 1 is faster. */
  readonly ratio: number;
  readonly ci95: readonly [number, number];
  readonly verdict: 'faster' | 'slower' | 'level';
  readonly a: { readonly median: number; readonly ci95: readonly [number, number] };
  readonly b: { readonly median: number; readonly ci95: readonly [number, number] };
}

export interface SideBySide {
  /** The data both were run on: 'digits', 'random:8'. */
  readonly feeds: string;
  readonly latency: Latency | null;
  readonly outputs: readonly Omit<OutputDifference, 'rows' | 'entries' | 'nonFinite'>[];
  readonly notCompared: readonly { readonly name: string; readonly reason: string }[];
}

export interface CompareRequest {
  readonly backend: Backend;
  readonly data: DataSet;
  /** What the clock is held against; without it only outputs are compared. */
  readonly timed?: Feeds;
  readonly seed: number;
  /** Of the timing; default the profiler's. */
  readonly limits?: Pick<CompareOptions, 'maxTimeMs' | 'maxWarmupMs' | 'targetRelativeCi'>;
}

const figuresOf = ({ median, ci95 }: { readonly median: number; readonly ci95: readonly [number, number] }) => ({ median, ci95 });

/** Both sessions are open at once, so that they can be run in turns. */
export async function sideBySide(context: Context, a: ModelSource, b: ModelSource, request: CompareRequest): Promise<SideBySide> {
  const { backend, data, timed, seed, limits } = request;
  const { work, signal } = context;
  return withSession(backend, a, { signal }, (first) =>
    withSession(backend, b, { signal }, async (second) => {
      const { outputs, notCompared } = await compareModels(first, second, { ...work, feeds: data.items });
      const shown = outputs.map(({ name, sqnrDb, cosine, maxAbsDiff, top1Agreement }) => ({ name, sqnrDb, cosine, maxAbsDiff, top1Agreement }));
      if (!timed) return { feeds: data.name, latency: null, outputs: shown, notCompared };
      const [left, right] = [bindFeeds(first.inputs, timed), bindFeeds(second.inputs, timed)];
      const { measurements, ratios } = await compareRuns({ a: () => first.run(left), b: () => second.run(right) }, { ...work, ...limits, seed });
      const { ratio, ci95, verdict } = ratios.b;
      const latency = { ratio: 1 / ratio, ci95: [1 / ci95[1], 1 / ci95[0]] as const, verdict, a: figuresOf(measurements.a), b: figuresOf(measurements.b) };
      return { feeds: data.name, latency, outputs: shown, notCompared };
    }),
  );
}

const decibel = (value: number | null): string => (value === null ? '' : Number.isFinite(value) ? value.toFixed(1) : value > 0 ? 'equal' : 'not finite');
const figure = (value: number | null, digits: number): string =>
  value === null ? '' : Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : 'not finite';

/** As a share of the time. */
const littleTime = 0.02;

export function sideBySideText({ latency, outputs, notCompared }: SideBySide, paint: Paint): string {
  const lines: string[] = [];
  if (outputs.length)
    lines.push(
      textTable(
        [{ title: 'output', align: 'left' }, { title: 'SQNR dB' }, { title: 'cosine' }, { title: 'max |a-b|' }, { title: 'top-1 agrees' }],
        outputs.map(({ name, sqnrDb, cosine, maxAbsDiff, top1Agreement }) => [
          name,
          decibel(sqnrDb),
          cosine === null ? '' : cosine.toFixed(6),
          figure(maxAbsDiff, 3),
          top1Agreement === null ? '' : `${(top1Agreement * 100).toFixed(2)} %`,
        ]),
        paint,
      ),
    );
  for (const { name, reason } of notCompared) lines.push(`not compared: ${name}: ${reason}`);
  if (latency) {
    // What an interval tells apart may still be too little to speak of.
    const alike = Math.abs(latency.ratio - 1) < littleTime;
    const verdict = latency.verdict === 'level' ? 'no clear difference' : alike ? `${latency.verdict} by less than ${littleTime * 100} %` : latency.verdict;
    const colour = { faster: paint.green, slower: paint.yellow, level: paint.dim }[alike ? 'level' : latency.verdict];
    const speed = `${formatRatio(latency.ratio)} the time (${formatInterval(latency.ci95, 'ratio')})`;
    lines.push('', `latency ${formatMs(latency.a.median)} before, ${formatMs(latency.b.median)} after: ${colour(verdict)}, ${speed}`);
  }
  return lines.join('\n');
}
