// Stochastic gradient descent, with momentum (Sutskever et al. 2013) and L2 weight decay, with PyTorch's conventions.
import { fail } from '../errors';
import type { SgdNumbers } from '../kernels/kernels';
import type { Clock, Optimizer } from './optimizer';
import { constant, type Schedule } from './schedule';

export interface SgdOptions {
  /** Learning rate; default 0.01. */
  readonly lr?: number;
  /** Default 0: none. */
  readonly momentum?: number;
  readonly nesterov?: boolean;
  /** Added to the gradient (L2); default 0. */
  readonly weightDecay?: number;
  /** A factor on `lr`, step by step; default `constant()`. */
  readonly schedule?: Schedule;
}

export function sgd({ lr = 0.01, momentum = 0, nesterov = false, weightDecay = 0, schedule = constant() }: SgdOptions = {}): Optimizer {
  const check = (option: string, x: unknown, ok: boolean, expected: string): void => {
    if (!ok) throw fail('option', { where: { option }, expected, actual: x });
  };
  check('lr', lr, lr > 0 && Number.isFinite(lr), 'a number above 0');
  check('momentum', momentum, momentum >= 0 && momentum < 1, '0 <= momentum < 1');
  check('nesterov', nesterov, !nesterov || momentum > 0, 'momentum above 0');
  check('weightDecay', weightDecay, weightDecay >= 0 && Number.isFinite(weightDecay), 'a number of at least 0');
  const rate = (clock: Clock): number => lr * schedule.factor(clock);
  const at = (clock: Clock): SgdNumbers => ({ l2: weightDecay, lr: rate(clock), momentum, direct: nesterov ? 1 : 0, along: nesterov ? momentum : 1 });
  return Object.freeze<Optimizer>({
    name: 'sgd',
    options: { lr, momentum, nesterov, weightDecay, schedule: { name: schedule.name, options: schedule.options } },
    state: momentum > 0 ? 1 : 0,
    scalars: ['lr'],
    numbers: (clock) => [rate(clock)],
    fused: (kernels, regions, clock) => kernels.sgd(regions, at(clock)),
    nodes(e, { parameter: p, gradient: g, state: [b], scalars }) {
      const mul = (a: typeof p, x: typeof p): typeof p => e.op('Mul', [a, x]);
      const add = (a: typeof p, x: typeof p): typeof p => e.op('Add', [a, x]);
      const times = (a: typeof p, x: number): typeof p => mul(e.scalar(x, p), a);
      const h = weightDecay ? add(g, times(p, weightDecay)) : g;
      const b1 = b && add(times(b, momentum), h);
      const to = !b1 ? h : nesterov ? add(h, times(b1, momentum)) : b1;
      return { parameter: e.op('Sub', [p, mul(scalars[0]!, to)]), state: b1 ? [b1] : [] };
    },
  });
}
