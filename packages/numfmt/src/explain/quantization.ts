// Affine quantization of a few numbers, step by step, with the number line as text.

import { partsOf } from '../affine/granularity';
import type { QParams } from '../affine/qparams';
import { dequantizeLinear, quantizeLinear } from '../affine/quantize';
import { codeRange, scaleOfRange } from '../affine/scale';
import { decodeArray } from '../arrays';
import { type Step, step } from './steps';

export interface QuantizationRow {
  readonly value: number;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly code: number;
  readonly back: number;
  readonly error: number;
}

export interface QuantizationExplanation {
  readonly format: QParams['format']['name'];
  readonly bits: number;
  readonly rows: readonly QuantizationRow[];
  readonly maxError: number;
  readonly meanSquaredError: number;
  /** Original bytes as float32, and codes with scales and zero points. */
  readonly bytes: { readonly before: number; readonly after: number };
  readonly steps: readonly Step[];
}

/** What quantization does to each number, as data and text. Errors: those of {@link quantizeLinear}. */
export function explainQuantization(values: ArrayLike<number>, qparams: QParams): QuantizationExplanation {
  const { format, bits, scale, zeroPoint } = qparams;
  const x = Float32Array.from(values);
  const stored = quantizeLinear(x, qparams);
  const codes = decodeArray(stored, format, x.length);
  const back = dequantizeLinear(stored, qparams, x.length);
  const channel = channelsOf(qparams, x.length);
  const rows = Array.from(x, (value, i): QuantizationRow => {
    const c = channel[i]!;
    return { value: Number(values[i]), scale: scale[c]!, zeroPoint: zeroPoint[c]!, code: codes[i]!, back: back[i]!, error: back[i]! - value };
  });
  const errors = rows.map((r) => Math.abs(r.error));
  const maxError = Math.max(0, ...errors);
  const meanSquaredError = rows.length ? errors.reduce((a, e) => a + e * e, 0) / rows.length : 0;
  const bytes = { before: x.length * 4, after: stored.byteLength + scale.length * (4 + (zeroPoint.some((z) => z !== 0) ? Math.ceil(format.bits / 8) : 0)) };
  const steps = [
    scaleStep(qparams, x),
    codesStep(rows),
    backStep(rows, maxError, scale),
    lineStep(rows, maxError),
    step('bytes', `${bytes.before} bytes as float32, ${bytes.after} as ${format.name} with scales`, bytes),
  ];
  return { format: format.name, bits, rows, maxError, meanSquaredError, bytes, steps };
}

/** The scale's index of each number. */
function channelsOf({ granularity, dims }: QParams, length: number): Int32Array {
  const out = new Int32Array(length);
  for (const { at, scale, layout } of partsOf(granularity, dims, length))
    for (let i = 0; i < layout.outer * layout.channels * layout.inner; i++) out[at + i] = scale + (Math.floor(i / layout.inner) % layout.channels);
  return out;
}

const show = (x: number): string => Number(x.toPrecision(6)).toString();

function scaleStep(q: QParams, x: Float32Array): Step {
  const { lo, hi } = codeRange(q);
  const range = q.format.kind === 'float' ? q.format.name : `${lo}..${hi}`;
  const first = `scale ${show(q.scale[0] ?? 1)}, zero point ${q.zeroPoint[0] ?? 0}`;
  const [min, max] = [Math.min(...x, 0), Math.max(...x, 0)];
  // Said only when that is how it was found.
  const symmetric = scaleOfRange(min, max, q.format, q.bits, 'symmetric');
  const asymmetric = scaleOfRange(min, max, q.format, q.bits, 'asymmetric');
  const reason =
    q.scale.length !== 1
      ? ''
      : q.scale[0] === symmetric.scale
        ? ` = largest magnitude ${show(Math.max(-min, max))} over the largest code`
        : q.scale[0] === asymmetric.scale
          ? ` = (${show(max)} - ${show(min)}) / ${hi - lo}`
          : '';
  return step('scale', `${q.format.name}, codes ${range}: ${first}${reason}${q.scale.length > 1 ? `; ${q.scale.length} scales in all` : ''}`, {
    lo,
    hi,
    scale: [...q.scale],
    zeroPoint: [...q.zeroPoint],
  });
}

function codesStep(rows: readonly QuantizationRow[]): Step {
  const lines = rows.map(
    (r) => `  ${show(r.value)} / ${show(r.scale)} = ${show(Math.fround(r.value / r.scale))}${r.zeroPoint ? ` + ${r.zeroPoint}` : ''} -> ${r.code}`,
  );
  return step('codes', `divide by the scale, round half to even, add the zero point, clamp:\n${lines.join('\n')}`, { codes: rows.map((r) => r.code) });
}

function backStep(rows: readonly QuantizationRow[], maxError: number, scale: Float32Array): Step {
  const lines = rows.map(
    (r) => `  (${r.code}${r.zeroPoint ? ` - ${r.zeroPoint}` : ''}) x ${show(r.scale)} = ${show(r.back)}  error ${r.error.toExponential(2)}`,
  );
  return step('back', `and back:\n${lines.join('\n')}\nlargest error ${maxError.toExponential(2)}; half a step is ${((scale[0] ?? 1) / 2).toExponential(2)}`, {
    back: rows.map((r) => r.back),
    errors: rows.map((r) => r.error),
  });
}

const width = 73;

/** Two rulers over the same range: the numbers as they were, and what came back. */
function lineStep(rows: readonly QuantizationRow[], maxError: number): Step {
  const all = rows.flatMap((r) => [r.value, r.back]).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  const place = (x: number): number => (high === low ? 0 : Math.round(((x - low) / (high - low)) * (width - 1)));
  const ruler = (xs: readonly number[], mark: string): string => {
    const cells = new Array<string>(width).fill('-');
    cells[place(0)] = '0';
    for (const x of xs) if (Number.isFinite(x)) cells[place(x)] = mark;
    return cells.join('');
  };
  const text = [
    `before |${ruler(
      rows.map((r) => r.value),
      'o',
    )}|`,
    `after  |${ruler(
      rows.map((r) => r.back),
      'x',
    )}|`,
    `       ${show(low).padEnd(width + 2 - show(high).length)}${show(high)}`,
  ];
  return step('line', text.join('\n'), { low, high, maxError });
}
