// simplify: the same function in fewer nodes, by passes that run until none of them finds anything.
import { type Draft, type Model, type Report, type TransformOptions, transform } from '@modeldiet/onnx-io';
import type { LongWork } from '@modeldiet/tensor';
import { fail } from './errors';
import { morePasses, type NamedPass, type PassName, passes } from './passes';

export interface SimplifyOptions extends TransformOptions {
  /** Which passes, by name or as values, in this order. Default: all of `passes`. */
  readonly passes?: readonly (PassName | NamedPass)[];
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
  for (let round = 0; round < mostRounds; round++) {
    const skips: Parameters<Draft['skip']>[] = [];
    const quiet: Draft = { ...draft, skip: (...args) => skips.push(args) };
    let changes = 0;
    for (const { run } of list) changes += await run(quiet, work);
    total += changes;
    if (changes > 0 && round + 1 < mostRounds) continue;
    for (const skip of skips) draft.skip(...skip);
    break;
  }
  return total;
}

/**
 * The model in fewer nodes: outputs equal within the tolerance of its ops; names of graph inputs and outputs, dynamic shapes and the opset stay. Where nothing is to be done the model comes back as it was, with the
 * warning `simplify/nothing-to-do`. Errors: `simplify/unknown-pass`, `onnx-io/no-match` (include, exclude), `onnx-io/cycle`.
 *
 * `const { model: smaller, report } = await simplify(model)`
 */
export async function simplify(model: Model, options: SimplifyOptions = {}): Promise<{ model: Model; report: Report }> {
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
