// Quantiles of the normal and of Student's t distribution, by series and bisection: small enough to carry along (the tests compare with a statistics library).

/** The share of the standard normal within -x..x: a series of positive terms (Abramowitz and Stegun, 26.2.11). */
function normalWithin(x: number): number {
  let [term, sum] = [x, x];
  for (let k = 3; term > sum * 2 ** -54; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return sum * Math.exp((-x * x) / 2) * Math.sqrt(2 / Math.PI);
}

/** The share of Student's t with a whole number of degrees of freedom within -t..t: a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4). */
function studentWithin(t: number, dof: number): number {
  const angle = Math.atan(t / Math.sqrt(dof));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const odd = dof % 2 === 1;
  let [term, sum] = odd ? [cos, 0] : [1, 0];
  for (let k = odd ? 2 : 1; k < dof; k += 2) {
    sum += term;
    term *= (k / (k + 1)) * cos * cos;
  }
  return odd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
}

/** The x > 0 with `within(x) = share`, of an increasing function. */
function invert(within: (x: number) => number, share: number): number {
  let [low, high] = [0, 1];
  while (within(high) < share && high < 2 ** 60) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (within(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** z such that the standard normal lies within -z..z with this probability: 1.96 for 0.95. */
export const normalQuantile = (confidence: number): number => invert(normalWithin, confidence);

/** t such that Student's t with `dof` (a positive integer) lies within -t..t with this probability. */
export const studentQuantile = (confidence: number, dof: number): number => invert((t) => studentWithin(t, dof), confidence);
