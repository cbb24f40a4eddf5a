// Lesson 1, floating point: how a number becomes bits, what int8 keeps of a weight, and why training needs float32.
import { chooseQParams, decode, encode, explain, explainQuantization, explainSum, explanationText, float16, float32, int8 } from '@modeldiet/numfmt';
import { runAlone } from './shared/stage.mjs';

export const title = 'floating point: 6.5 in bits, int8 and back, why training needs float32';

const weights = [-0.81, -0.42, -0.05, 0.12, 0.47, 0.79];
/** A number of an explanation's step. */
const found = (explanation, step, key) => explanation.steps.find(({ name }) => name === step).data[key];

/** @param {import('./shared/stage.mjs').Stage} on */
export async function lesson(on) {
  on.part('6.5 as float32, step by step');
  const explained = explain(6.5, 'float32');
  on.say(explanationText(explained));

  on.part('Every number leads with 1');
  const leading = [6.5, 0.75, 42, 3.25].map((value) => {
    const steps = explain(value, 'float32');
    return {
      value,
      significand: found(steps, 'normalise', 'significand'),
      exponent: found(steps, 'normalise', 'exponent'),
      bits: steps.bits,
    };
  });
  on.table(
    ['number', 'normalised', 'sign exponent mantissa'],
    leading.map(({ value, significand, exponent, bits }) => [value, `${significand} x 2^${exponent}`, bits]),
  );
  on.say('Shift the point behind the first 1 and every number starts with 1: so it is not stored, and 23 bits hold 24.');

  on.part('The bias: exponents below zero without a sign');
  const bias = [-126, -1, 0, 1, 2, 127].map((exponent) => {
    const bits = explain(2 ** exponent, 'float32').bits.split(' ')[1];
    return { exponent, stored: Number.parseInt(bits, 2), bits };
  });
  on.table(
    ['exponent', '+ 127', 'stored bits'],
    bias.map(({ exponent, stored, bits }) => [exponent, stored, bits]),
  );
  on.say('All zeros and all ones are left over: zeros for 0 and the subnormal numbers below 2^-126, ones for infinity and NaN.');

  on.part('0.1 + 0.2');
  const sums = { float64: explainSum(0.1, 0.2, 0.3, 'float64'), float32: explainSum(0.1, 0.2, 0.3, 'float32') };
  on.say(`${sums.float64.text}\n\n${sums.float32.text}`);
  on.say('Neither format holds 0.1. In float32 the errors happen to cancel: that is luck, not precision.');

  on.part('Six weights as int8, and back');
  const qparams = chooseQParams(weights, { format: int8, scheme: 'symmetric' });
  const quantized = explainQuantization(weights, qparams);
  on.say(explanationText(quantized));
  await on.draw('number-line', {
    kind: 'numberLine',
    title: 'Six weights as int8, and back',
    description: 'Each weight falls on the nearest of 255 levels; a straight thread lost nothing, a slanted one the difference.',
    x: { label: 'value', unit: 'count' },
    above: 'float32: what the model learned',
    below: 'int8: the code that is stored, where it stands for a number',
    points: quantized.rows,
    levels: Array.from({ length: 255 }, (_, i) => (i - 127) * qparams.scale[0]),
  });
  on.say(`What to see: the largest move is ${quantized.maxError.toExponential(2)}, and none can pass half a step, ${(qparams.scale[0] / 2).toExponential(2)}.`);

  on.part('Why training needs float32: 0.24 + 0.0000001, ten thousand times');
  const steps = 10_000;
  const rounders = {
    float32: (x) => decode(encode(x, float32), float32),
    float16: (x) => decode(encode(x, float16), float16),
    int8: (x) => decode(encode(x / qparams.scale[0], int8), int8) * qparams.scale[0],
  };
  const walks = Object.entries(rounders).map(([format, round]) => {
    const start = round(0.24);
    let value = start;
    let moved = 0;
    const points = [{ x: 0, y: value }];
    for (let step = 1; step <= steps; step++) {
      const next = round(value + 1e-7);
      moved += Number(next !== value);
      value = next;
      if (step % 500 === 0) points.push({ x: step, y: value });
    }
    return { format, start, end: value, moved, points };
  });
  on.table(
    ['format', '0.24 is stored as', 'after 10,000 steps', 'steps that moved it'],
    walks.map(({ format, start, end, moved }) => [format, start.toFixed(9), end.toFixed(9), moved]),
  );
  await on.draw('small-steps', {
    kind: 'line',
    title: '0.24 plus 0.0000001, again and again',
    description: 'float32 climbs to 0.241; float16 and int8 stay where they began, since each step is lost in rounding.',
    x: { label: 'steps of 0.0000001', unit: 'count', fromZero: true },
    y: { label: 'value', unit: 'count' },
    series: walks.map(({ format, points }) => ({ name: format, points })),
  });
  on.say(
    'What to see: the numbers near 0.24 lie 0.00012 apart in float16 and 0.0064 apart in int8. A step of a learning rate is smaller, so it rounds away, always.',
  );
  on.say('float32 is not exact either: each step is rounded to 7 x 2^-26, so it ends 4 % too far. But it moves.');
  on.say('Inference only reads the weights: there the small formats do. That is why one trains in float32 and quantizes afterwards.');

  return {
    bits: explained.bits,
    leading,
    bias,
    sums: { float64: sums.float64.equal, float32: sums.float32.equal },
    codes: quantized.rows.map(({ code }) => code),
    maxError: quantized.maxError,
    scale: qparams.scale[0],
    walks: walks.map(({ format, start, end, moved }) => ({ format, start, end, moved })),
  };
}

await runAlone(import.meta.url, '1', lesson);
