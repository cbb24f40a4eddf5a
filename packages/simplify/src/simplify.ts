// simplify: the same function in fewer nodes, by passes that run until none of them finds anything.
import { type Draft, type Model, type Report, requireModel, type TransformOptions, transform } from '@modeldiet/onnx-io';
import { raiseOpset } from '@modeldiet/ops';
import type { LongWork } from '@modeldiet/tensor';
import { type KnownShapes, shareShapes } from './context';
import { fail } from './errors';
import { morePasses, type NamedPass, type PassName, passes } from './passes';
import { loadSmall } from './passes/load-small';

export interface SimplifyOptions extends TransformOptions {
  /** Which passes, by name or as values, in this order. Default: all of `passes`. */
  readonly passes?: readonly (PassName | NamedPass)[];
  /** Raise the model to this ai.onnx opset first (`raiseOpset`): some patterns are one op only there (Gelu 20, RMSNormalization and Attention 23). Default: the opset stays. */
  readonly opset?: number;
}

function chosen(wanted: SimplifyOptions['passes']): readonly NamedPass[] {
  if (!wanted) return passes;
  return wanted.map((pass) => {
    const known: readonly NamedPass[] = [...passes, ...morePasses];
    const found = typeof pass === 'string' ? known.find(({ name }) => name === pass) : pass;
    if (!found) throw fail('unknown-pass', { where: { option: 'passes' }, expected: known.map(({ name }) => name), actual: pass });
    return found;
  });
}

const mostRounds = 20;

/** Runs the passes over a draft, round after round until a whole round changes nothing; skips are those of the last round. */
async function runAll(list: readonly NamedPass[], draft: Draft, work: LongWork): Promise<number> {
  let total = 0;
  const known: KnownShapes = {};
  for (let round = 0; round < mostRounds; round++) {
    const skips: Parameters<Draft['skip']>[] = [];
    const quiet: Draft = { ...draft, skip: (...args) => skips.push(args) };
    shareShapes(quiet, known);
    let changes = 0;
    let read = false;
    for (const { run } of list) {
      if (!read) await loadSmall(quiet, work);
      const made = await run(quiet, work);
      changes += made;
      // A pass may leave weights that are lazy: a Constant node's, a folded one.
      read = made === 0;
    }
    if (changes > 0) known.shapes = undefined;
    total += changes;
    if (changes > 0 && round + 1 < mostRounds) continue;
    for (const skip of skips) draft.skip(...skip);
    break;
  }
  return total;
}

/** What both did; a change of a node by its first address. */
const joined = (first: Report, second: Report): Report => ({
  ...second,
  changed: [...first.changed, ...second.changed],
  skipped: [...first.skipped, ...second.skipped],
  warnings: [...first.warnings, ...second.warnings.filter(({ code }) => code !== 'simplify/nothing-to-do' || first.changed.length === 0)],
});

/**
 * The model in fewer nodes: outputs equal within the tolerance of its ops; names of graph inputs and outputs and dynamic shapes stay, and so does the opset unless `opset` asks for another. Where nothing is to be
 * done the model comes back as it was, with the warning `simplify/nothing-to-do`. Errors: `simplify/unknown-pass`, `onnx-io/no-match` (include, exclude), `onnx-io/cycle`, and with `opset` those of `raiseOpset`.
 *
 * `const { model: smaller, report } = await simplify(model)`
 */
export async function simplify(model: Model, options: SimplifyOptions = {}): Promise<{ model: Model; report: Report }> {
  requireModel(model);
  const { opset, ...others } = options;
  if (opset === undefined) return simplified(model, others);
  const { signal, onProgress, onWarning } = options;
  const raised = await raiseOpset(model, opset, { signal, onProgress, onWarning, allowEmpty: true });
  const { model: out, report } = await simplified(raised.model, others);
  return { model: out, report: { ...joined(raised.report, report), options: { ...report.options, opset } } };
}

async function simplified(model: Model, options: SimplifyOptions): Promise<{ model: Model; report: Report }> {
  const list = chosen(options.passes);
  return transform(
    'simplify',
    model,
    { ...options, passes: list.map(({ name }) => name), allowEmpty: options.allowEmpty ?? true } as TransformOptions,
    async (draft, work) => {
      const changes = await runAll(list, draft, work);
      if (changes === 0) draft.warn({ code: 'simplify/nothing-to-do', message: 'there is nothing to simplify', where: {} });
      return changes;
    },
  );
}
