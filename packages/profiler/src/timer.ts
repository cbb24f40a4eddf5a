// The clock: what it resolves and what reading it costs, found by asking. Browsers coarsen performance.now to 5 us (isolated) or 100 us; Node gives nanoseconds.

export interface Timer {
  /** Milliseconds, monotonic. */
  now(): number;
  /** The smallest step seen, ms. */
  readonly resolutionMs: number;
  /** What one reading costs, ms. */
  readonly overheadMs: number;
}

const now = (): number => performance.now();

/** A busy machine may take this thread away in the middle of a step, which is then far too long: one step alone is not believed. */
const leastSteps = 10;

/** The shortest of many observed steps of the clock. */
function resolution(): number {
  let step = Number.POSITIVE_INFINITY;
  const end = now() + 20;
  for (let tries = 0; tries < 200; tries++) {
    const from = now();
    let to = from;
    while (to === from) to = now();
    step = Math.min(step, to - from);
    if (to > end && tries + 1 >= leastSteps) break;
  }
  return step;
}

function overhead(step: number): number {
  let reads = 1000;
  for (;;) {
    const from = now();
    for (let i = 0; i < reads; i++) now();
    const took = now() - from;
    if (took > 20 * step || reads > 1e6) return took / reads;
    reads *= 4;
  }
}

let known: Timer | undefined;

/** The clock of this machine, examined on the first call (some milliseconds). */
export function timer(): Timer {
  if (!known) {
    const resolutionMs = resolution();
    known = { now, resolutionMs, overheadMs: overhead(resolutionMs) };
  }
  return known;
}

/** How long one timed sample must be for the clock to be below 1 % of it: 100 steps, and 100 readings. */
export const shortestSample = ({ resolutionMs, overheadMs }: Timer): number => 100 * Math.max(resolutionMs, overheadMs);
