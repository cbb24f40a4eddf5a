// What the results say in a few figures, each with what it is compared to. A latency counts as better only when the intervals do not touch.
import { batchesOf, formatBytes, formatInterval, formatMs, formatRatio, formatShare, type Results, type VariantResult } from '@modeldiet/pipeline';

export interface Headline {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

const least = (variants: readonly VariantResult[], of: (variant: VariantResult) => number): VariantResult => variants.reduce((a, b) => (of(b) < of(a) ? b : a));

function smallest(variants: readonly VariantResult[], baseline: VariantResult): Headline {
  const best = least(variants, (variant) => variant.bytes);
  const note =
    best === baseline ? `${best.name}: no variant is smaller` : `${best.name}, ${formatRatio(baseline.bytes / best.bytes)} smaller than ${baseline.name}`;
  return { label: 'smallest', value: formatBytes(best.bytes), note };
}

function fastest(variants: readonly VariantResult[], baseline: VariantResult, batch: string): Headline[] {
  const timed = variants.filter((variant) => variant.latencyMs[batch]);
  const reference = baseline.latencyMs[batch];
  if (!timed.length || !reference) return [];
  const best = least(timed, (variant) => variant.latencyMs[batch]!.median);
  const time = best.latencyMs[batch]!;
  const clear = time.ci95[1] < reference.ci95[0];
  const note =
    best === baseline
      ? `${best.name}: no variant is faster`
      : `${best.name}, ${formatRatio(reference.median / time.median)} the speed of ${baseline.name}${clear ? '' : '; the intervals overlap'}`;
  return [{ label: `fastest at batch ${batch}`, value: formatMs(time.median), note }];
}

function accuracy(variants: readonly VariantResult[], baseline: VariantResult): Headline[] {
  const reference = baseline.accuracy;
  if (!reference) return [];
  const others = variants.filter((variant) => variant !== baseline && variant.accuracy);
  const worst = others.length ? least(others, (variant) => variant.accuracy!.value) : undefined;
  const points = worst ? (worst.accuracy!.value - reference.value) * 100 : 0;
  const lowest = !worst ? '' : points < 0 ? `; lowest: ${worst.name}, \u2212${(-points).toFixed(2)} points` : '; no variant is below it';
  return [
    {
      label: `accuracy of ${baseline.name}`,
      value: formatShare(reference.value),
      note: `${formatInterval(reference.ci95, 'share')}, n = ${reference.n}${lowest}`,
    },
  ];
}

function agreement(variants: readonly VariantResult[], baseline: VariantResult, judgedOn: string | undefined): Headline[] {
  const scored = variants.filter((variant) => variant !== baseline && variant.agreement);
  if (baseline.accuracy || scored.length === 0) return [];
  const worst = least(scored, (variant) => variant.agreement!.value);
  const { value, ci95, metric, n } = worst.agreement!;
  const on = judgedOn === undefined ? '' : `, on ${judgedOn}`;
  return [
    {
      label: `least agreement with ${baseline.name}`,
      value: formatShare(value),
      note: `${worst.name}, ${metric}; ${formatInterval(ci95, 'share')}, n = ${n}${on}`,
    },
  ];
}

/** Size, speed at each batch size, accuracy or else agreement. The first variant is the baseline. */
export function headlines(results: Results): Headline[] {
  const { variants } = results;
  const [baseline] = variants;
  if (!baseline) return [];
  const speed = batchesOf(results).flatMap((batch) => fastest(variants, baseline, batch));
  return [smallest(variants, baseline), ...speed, ...accuracy(variants, baseline), ...agreement(variants, baseline, results.judgedOn)];
}
