// Adam (Kingma and Ba 2015, arXiv 1412.6980) and AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101), with PyTorch's conventions.
import { fail } from '../errors';
import type { AdamNumbers } from '../kernels/kernels';
import type { Clock, Optimizer } from './optimizer';
import { constant, type Schedule } from './schedule';

export interface AdamOptions {
  /** Learning rate; default 0.001. */
  readonly lr?: number;
  /** Decay of the running means of the gradient and of its square; default 0.9 and 0.999. */
  readonly beta1?: number;
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly eps?: number;
  /** In `adam`, added to the gradient (L2), default 0; in `adamW`, taken off the weight, default 0.01. */
  readonly weightDecay?: number;
  /** A factor on `lr`, step by step; default `constant()`. */
  readonly schedule?: Schedule;
}

function make(name: 'adam' | 'adamW', given: AdamOptions, defaultDecay: number): Optimizer {
  const { lr = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = defaultDecay, schedule = constant() } = given;
  const check = (option: string, x: number, ok: boolean, expected: string): void => {
    if (!ok) throw fail('option', { where: { option }, expected, actual: x });
  };
  check('lr', lr, lr > 0 && Number.isFinite(lr), 'a number above 0');
  check('beta1', beta1, beta1 >= 0 && beta1 < 1, '0 <= beta1 < 1');
  check('beta2', beta2, beta2 >= 0 && beta2 < 1, '0 <= beta2 < 1');
  check('eps', eps, eps > 0 && Number.isFinite(eps), 'a number above 0');
  check('weightDecay', weightDecay, weightDecay >= 0 && Number.isFinite(weightDecay), 'a number of at least 0');
  const coupled = name === 'adam' ? weightDecay : 0;
  const decoupled = name === 'adamW' ? weightDecay : 0;
  /** m / (1 - beta1^t) and sqrt(v / (1 - beta2^t)), with the corrections moved into the step and the root. */
  const at = (clock: Clock): AdamNumbers => {
    const rate = lr * schedule.factor(clock);
    return {
      decay: 1 - rate * decoupled,
      l2: coupled,
      beta1,
      ibeta1: 1 - beta1,
      beta2,
      ibeta2: 1 - beta2,
      step: rate / (1 - beta1 ** clock.step),
      rescale: 1 / Math.sqrt(1 - beta2 ** clock.step),
      eps,
    };
  };
  return Object.freeze<Optimizer>({
    name,
    options: { lr, beta1, beta2, eps, weightDecay, schedule: { name: schedule.name, options: schedule.options } },
    state: 2,
    scalars: ['decay', 'step', 'rescale'],
    numbers: (clock) => {
      const { decay, step, rescale } = at(clock);
      return [decay, step, rescale];
    },
    fused: (kernels, regions, clock) => kernels.adam(regions, at(clock)),
    nodes(e, { parameter: p, gradient: g, state, scalars }) {
      const [m, v] = state as [typeof p, typeof p];
      const [decay, step, rescale] = scalars as [typeof p, typeof p, typeof p];
      const mul = (a: typeof p, b: typeof p): typeof p => e.op('Mul', [a, b]);
      const add = (a: typeof p, b: typeof p): typeof p => e.op('Add', [a, b]);
      const times = (a: typeof p, x: number): typeof p => mul(e.scalar(x, p), a);
      const h = coupled ? add(g, times(p, coupled)) : g;
      const m1 = add(times(m, beta1), times(h, 1 - beta1));
      const v1 = add(times(v, beta2), times(mul(h, h), 1 - beta2));
      const scaled = add(mul(e.op('Sqrt', [v1]), rescale), e.scalar(eps, p));
      const kept = decoupled ? mul(p, decay) : p;
      return { parameter: e.op('Sub', [kept, mul(step, e.op('Div', [m1, scaled]))]), state: [m1, v1] };
    },
  });
}

/** Adam; `weightDecay` is L2, added to the gradient. */
export const adam = (options: AdamOptions = {}): Optimizer => make('adam', options, 0);
/** AdamW: Adam whose weight decay acts on the weights themselves. */
export const adamW = (options: AdamOptions = {}): Optimizer => make('adamW', options, 0.01);
