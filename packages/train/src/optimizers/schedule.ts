// Learning-rate schedules: a factor on the learning rate, by the share of the run that is done.
import { fail } from '../errors';
import type { Strategy } from '../strategy';
import type { Clock } from './optimizer';

export interface Schedule extends Strategy {
  factor(clock: Clock): number;
}

export interface ScheduleOptions {
  /** Steps over which the factor first rises from 0 to 1; default 0. */
  readonly warmup?: number;
}

export interface CosineOptions extends ScheduleOptions {
  /** The factor at the end; default 0. */
  readonly to?: number;
}

const rise = ({ step }: Clock, warmup: number): number => Math.min(1, step / (warmup + 1));

function checkWarmup(warmup: number): void {
  if (!(Number.isInteger(warmup) && warmup >= 0))
    throw fail('option', { where: { option: 'warmup' }, expected: 'a whole number of steps, 0 or more', actual: warmup });
}

/** The same learning rate throughout. */
export function constant({ warmup = 0 }: ScheduleOptions = {}): Schedule {
  checkWarmup(warmup);
  return Object.freeze<Schedule>({ name: 'constant', options: { warmup }, factor: (clock) => rise(clock, warmup) });
}

/** Half a cosine from 1 down to `to`, reached at the last step. */
export function cosine({ warmup = 0, to = 0 }: CosineOptions = {}): Schedule {
  checkWarmup(warmup);
  if (!(to >= 0 && to <= 1)) throw fail('option', { where: { option: 'to' }, expected: '0 <= to <= 1', actual: to });
  return Object.freeze<Schedule>({
    name: 'cosine',
    options: { warmup, to },
    factor: (clock) => {
      const done = Math.min(1, Math.max(0, (clock.step - 1 - warmup) / Math.max(1, clock.steps - warmup)));
      return rise(clock, warmup) * (to + ((1 - to) * (1 + Math.cos(Math.PI * done))) / 2);
    },
  });
}

/** THE TABLE of schedules. */
export const schedules = { constant, cosine } as const;
