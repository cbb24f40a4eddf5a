// modeldiet prune: weights taken out, one by one (they become zero) or channel by channel (they are gone).
import { formatBytes, formatRatio } from '@modeldiet/pipeline';
import { type Importance, importances, type PrunePlan, pruneStructured, pruneUnstructured, type UnstructuredOptions } from '@modeldiet/prune';
import type { Context } from '../context';
import { fail } from '../errors';
import { gzipFileBytes } from '../run/gzip-file';
import { type RemakeOptions, remake, selectionOf, withRemake } from '../run/remake';
import type { Verb } from '../verb';
import { integer, number, oneOf } from '../words/options';

type ImportanceName = keyof typeof importances;

interface Options extends RemakeOptions {
  readonly amount?: number;
  readonly structured?: boolean;
  readonly scope?: UnstructuredOptions['scope'];
  readonly importance?: ImportanceName;
  readonly multipleOf?: number;
}

const scopes = ['global', 'perLayer'] as const;
const importanceNames = Object.keys(importances) as ImportanceName[];

/** An option that the way of pruning would not read is a slip, not a no-op. */
function check({ amount, structured, scope, importance, multipleOf }: Options): void {
  if (amount === undefined) throw fail('usage', { where: { option: '--amount' }, expected: 'a share such as 0.3' }, 'how much to prune is missing');
  const foreign = structured ? { '--scope': scope } : { '--multiple-of': multipleOf };
  for (const [option, value] of Object.entries(foreign))
    if (value !== undefined) throw fail('usage', { where: { option } }, `pruning ${structured ? 'with' : 'without'} --structured does not take this option`);
  if (!structured && importance !== undefined && importance !== 'l1')
    throw fail('usage', { where: { option: '--importance' }, expected: 'l1' }, 'single numbers are ordered by magnitude: l1');
}

const zeros =
  'zeros, not holes: the file has the same bytes and every product is still computed, so it is no faster; only gzip gains. --structured takes whole channels out';

/** Vector kernels of convolutions take channels by eights: 17 of 24 may be slower than 24. */
function lanes({ groups }: PrunePlan): string[] {
  const convs = groups.filter(({ opType }) => /Conv/.test(opType));
  const odd = convs.filter(({ channels, remove }) => (channels - remove.length) % 8 !== 0);
  if (odd.length === 0) return [];
  return [
    `${odd.length} of ${convs.length} groups of convolutions keep a number of channels that is no multiple of 8, which runs slower on most machines: try --multiple-of 8`,
  ];
}

async function run(context: Context, args: readonly string[], options: Options) {
  check(options);
  const { structured = false, scope, importance, multipleOf } = options;
  const amount = options.amount!;
  const file = (path: string): Promise<number> => gzipFileBytes(context.path(path), context.signal);
  let before = 0;
  let plan: PrunePlan | undefined;
  return remake(
    context,
    args,
    options,
    async (model, { work }) => {
      // Now: the output may be written over it.
      before = await file(args[0]!);
      const chosen = { amount, ...selectionOf(options), ...work };
      if (!structured) return pruneUnstructured(model, { ...chosen, ...(scope && { scope }) });
      const by: Importance | undefined = importance && importances[importance]();
      const pruned = await pruneStructured(model, { ...chosen, ...(by && { importance: by }), ...(multipleOf !== undefined && { multipleOf }) });
      plan = pruned.plan;
      return pruned;
    },
    async () => {
      const after = await file(args[1]!);
      const gzip = `gzip ${formatBytes(before)} before, ${formatBytes(after)} after: ${formatRatio(after / before)}`;
      return { json: { structured, amount, gzip: { input: before, output: after } }, lines: [gzip, ...(plan ? lanes(plan) : [zeros])] };
    },
  );
}

export const prune: Verb = {
  name: 'prune',
  summary: 'take weights out: whole channels (--structured), or single numbers, which become zero',
  examples: [
    { call: 'prune model.onnx small.onnx --amount 0.3 --structured', says: 'really smaller matrices: 30 % of the channels of every group' },
    { call: 'prune model.onnx small.onnx --amount 0.5 --structured --multiple-of 8', says: 'what stays keeps vector kernels full' },
    { call: 'prune model.onnx sparse.onnx --amount 0.4', says: '40 % of the numbers are zero: the same bytes, smaller after gzip' },
    { call: 'prune model.onnx small.onnx --amount 0.3 --structured --exclude /head/ --data ./feeds.mjs', says: 'all but the head, tried on your data' },
  ],
  define: (command) =>
    void withRemake(command.option('--amount <share>', 'how much goes: from 0 up to, and without, 1', number('--amount')))
      .option('--structured', 'whole channels, in every weight that depends on them')
      .option('--importance <name>', `structured: what a channel is worth: ${importanceNames.join(', ')} (default l2)`, oneOf('--importance', importanceNames))
      .option('--multiple-of <n>', 'structured: what stays of a group is a multiple of this', integer('--multiple-of', { min: 1 }))
      .option(
        '--scope <s>',
        'single numbers: one threshold for all weights (global, the default), or the same share of each (perLayer)',
        oneOf('--scope', scopes),
      ),
  run: (context, command) => run(context, command.args, command.opts<Options>()),
};
