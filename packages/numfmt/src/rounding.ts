// The roundings, each on an exact quotient: how many quanta a magnitude is, between `floor` and `floor + 1`.
import { fail } from './errors';

/** `nearestEven`: ties to the even code; `up` and `down`: toward plus and minus infinity; `away` and `towardZero`: by magnitude; `stochastic`: up with the probability of the fraction. */
export type Rounding = 'nearestEven' | 'towardZero' | 'up' | 'down' | 'away' | 'stochastic';

/** Rounds the magnitude `quanta` (exact, below 2^53) to an integer; `random` gives [0, 1). */
export function roundQuanta(quanta: number, negative: boolean, rounding: Rounding, random?: () => number): number {
  const floor = Math.floor(quanta);
  const rest = quanta - floor;
  if (rest === 0) return floor;
  switch (rounding) {
    case 'nearestEven':
      return rest > 0.5 || (rest === 0.5 && floor & 1) ? floor + 1 : floor;
    case 'towardZero':
      return floor;
    case 'away':
      return floor + 1;
    case 'up':
      return negative ? floor : floor + 1;
    case 'down':
      return negative ? floor + 1 : floor;
    case 'stochastic':
      if (!random) throw fail('random');
      return random() < rest ? floor + 1 : floor;
  }
}
