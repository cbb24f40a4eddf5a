// Tree ensembles of ai.onnx.ml: walked node by node.
import type { Node } from '@modeldiet/onnx-io';
import type { Tensor } from '@modeldiet/tensor';
import { floatsOf, intOf, intsOf, stringOf, stringsOf, tensorOf } from '../../attributes';
import { fromNumbers, numbersOf } from '../array';
import { badAttribute, type Kernel, tensorAt } from '../kernel';
import { range } from '../layout';
import { best, labels, postTransform, table } from './ml';

type Branch = (x: number, split: number) => boolean;
const branches: Readonly<Record<string, Branch>> = {
  BRANCH_LEQ: (x, split) => x <= split,
  BRANCH_LT: (x, split) => x < split,
  BRANCH_GTE: (x, split) => x >= split,
  BRANCH_GT: (x, split) => x > split,
  BRANCH_EQ: (x, split) => x === split,
  BRANCH_NEQ: (x, split) => x !== split,
};
const byNumber = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'];

interface Vote {
  readonly target: number;
  readonly weight: number;
}
interface TreeNode {
  readonly votes?: readonly Vote[];
  readonly feature: number;
  readonly split: number;
  readonly test: Branch;
  readonly missingIsTrue: boolean;
  yes?: TreeNode;
  no?: TreeNode;
}

/** Floats, or the doubles of the `_as_tensor` twin. */
function numbersIn(node: Node, name: string): readonly number[] | undefined {
  const twin = tensorOf(node, `${name}_as_tensor`);
  return floatsOf(node, name) ?? (twin && 'data' in twin ? Array.from(numbersOf(twin)) : undefined);
}

/** The roots of TreeEnsembleClassifier and -Regressor; `votes` is 'class' or 'target'. */
function oldTrees(node: Node, votes: 'class' | 'target'): TreeNode[] {
  const list = (name: string): readonly number[] => intsOf(node, name) ?? badAttribute(node, name);
  const [trees, ids, features, yes, no] = ['nodes_treeids', 'nodes_nodeids', 'nodes_featureids', 'nodes_truenodeids', 'nodes_falsenodeids'].map(list) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const modes = stringsOf(node, 'nodes_modes') ?? badAttribute(node, 'nodes_modes');
  const values = numbersIn(node, 'nodes_values') ?? badAttribute(node, 'nodes_values');
  const missing = intsOf(node, 'nodes_missing_value_tracks_true');
  const ballots = new Map<string, Vote[]>();
  const weights = numbersIn(node, `${votes}_weights`) ?? badAttribute(node, `${votes}_weights`);
  const [voteTrees, voteNodes, targets] = [`${votes}_treeids`, `${votes}_nodeids`, `${votes}_ids`].map(list) as [number[], number[], number[]];
  targets.forEach((target, i) => {
    const key = `${voteTrees[i]}:${voteNodes[i]}`;
    ballots.set(key, [...(ballots.get(key) ?? []), { target, weight: weights[i]! }]);
  });
  const made = new Map<string, TreeNode>();
  const children = new Set<string>();
  trees.forEach((tree, i) => {
    const leaf = modes[i] === 'LEAF';
    made.set(`${tree}:${ids[i]}`, {
      ...(leaf && { votes: ballots.get(`${tree}:${ids[i]}`) ?? [] }),
      feature: features[i]!,
      split: values[i]!,
      test: leaf ? () => false : (branches[modes[i]!] ?? badAttribute(node, 'nodes_modes', modes[i])),
      missingIsTrue: missing?.[i] === 1,
    });
  });
  trees.forEach((tree, i) => {
    if (modes[i] === 'LEAF') return;
    const here = made.get(`${tree}:${ids[i]}`)!;
    [here.yes, here.no] = [made.get(`${tree}:${yes[i]}`), made.get(`${tree}:${no[i]}`)];
    children.add(`${tree}:${yes[i]}`).add(`${tree}:${no[i]}`);
  });
  return [...made].filter(([key]) => !children.has(key)).map(([, root]) => root);
}

/** The roots of TreeEnsemble (5): inner nodes and leaves in lists of their own. */
function newTrees(node: Node): TreeNode[] {
  const list = (name: string): readonly number[] => intsOf(node, name) ?? badAttribute(node, name);
  const data = (name: string): readonly number[] => {
    const t = tensorOf(node, name);
    return t && 'data' in t ? Array.from(numbersOf(t)) : badAttribute(node, name);
  };
  const [features, yes, no, yesLeaf, noLeaf] = ['nodes_featureids', 'nodes_truenodeids', 'nodes_falsenodeids', 'nodes_trueleafs', 'nodes_falseleafs'].map(
    list,
  ) as [number[], number[], number[], number[], number[]];
  const [modes, splits, weights] = [data('nodes_modes'), data('nodes_splits'), data('leaf_weights')];
  const members = membership(node);
  let nextSet = 0;
  const inner = features.map((feature, i): TreeNode => {
    const set = modes[i] === 6 ? members[nextSet++] : undefined;
    return {
      feature,
      split: splits[i]!,
      test: set ? (x) => set.has(x) : branches[byNumber[modes[i]!]!]!,
      missingIsTrue: intsOf(node, 'nodes_missing_value_tracks_true')?.[i] === 1,
    };
  });
  const leaves = list('leaf_targetids').map(
    (target, i): TreeNode => ({ votes: [{ target, weight: weights[i]! }], feature: 0, split: 0, test: () => false, missingIsTrue: false }),
  );
  inner.forEach((each, i) => {
    each.yes = yesLeaf[i] ? leaves[yes[i]!] : inner[yes[i]!];
    each.no = noLeaf[i] ? leaves[no[i]!] : inner[no[i]!];
  });
  return list('tree_roots').map((root) => inner[root]!);
}
/** The sets of BRANCH_MEMBER nodes, in order, each ended by NaN. */
function membership(node: Node): Set<number>[] {
  const t = tensorOf(node, 'membership_values');
  const sets: Set<number>[] = [new Set()];
  if (t && 'data' in t)
    for (const x of numbersOf(t)) {
      if (Number.isNaN(x)) sets.push(new Set());
      else sets[sets.length - 1]!.add(x);
    }
  return sets;
}

function leafOf(root: TreeNode, row: Float64Array): readonly Vote[] {
  let at: TreeNode | undefined = root;
  while (at && !at.votes) {
    const x: number = row[at.feature]!;
    at = (Number.isNaN(x) ? at.missingIsTrue : at.test(x, at.split)) ? at.yes : at.no;
  }
  return at?.votes ?? [];
}

type Aggregate = 'AVERAGE' | 'SUM' | 'MIN' | 'MAX';
/** The scores of every row: the trees' votes put together, on top of the base values. */
function scores(
  roots: readonly TreeNode[],
  x: Tensor,
  targets: number,
  aggregate: Aggregate,
  base: readonly number[],
): { readonly row: number[]; readonly voted: boolean[] }[] {
  const { rows, width, values } = table(x);
  return range(rows).map((r) => {
    const line = values.subarray(r * width, (r + 1) * width);
    const sums = range(targets).map(() => 0);
    const voted = range(targets).map(() => false);
    for (const root of roots)
      for (const { target, weight } of leafOf(root, line)) {
        const old = sums[target]!;
        if (aggregate === 'MIN') sums[target] = voted[target] ? Math.min(old, weight) : weight;
        else if (aggregate === 'MAX') sums[target] = voted[target] ? Math.max(old, weight) : weight;
        else sums[target] = old + weight;
        voted[target] = true;
      }
    return { row: sums.map((sum, k) => (aggregate === 'AVERAGE' ? sum / roots.length : sum) + (base[k] ?? (base.length === 1 ? base[0]! : 0))), voted };
  });
}

const classifier: Kernel = (node, inputs) => {
  const { count, tensor } = labels(node);
  const roots = oldTrees(node, 'class');
  const base = numbersIn(node, 'base_values') ?? [];
  const transform = stringOf(node, 'post_transform', 'NONE');
  const ids = new Set(intsOf(node, 'class_ids'));
  const results = scores(roots, tensorAt(node, inputs, 0), count, 'SUM', base);
  // Two classes and votes for one of them alone: the second gets what is left, as ONNX Runtime has it.
  const single = count === 2 && ids.size === 1;
  const weights = numbersIn(node, 'class_weights') ?? [];
  const positive = weights.every((weight) => weight >= 0);
  const chosen: number[] = [];
  const out = results.map(({ row }) => {
    if (!single) {
      chosen.push(best(row));
      return postTransform(transform, row);
    }
    const p = row[[...ids][0]!]!;
    const second = positive && base.length === 0 ? p > 0.5 : p > 0;
    chosen.push(second ? 1 : 0);
    if (ids.has(1) && base.length === 0) return postTransform(transform, row);
    return postTransform(transform, transform === 'NONE' && positive ? [1 - p, p] : [-p, p]);
  });
  return [tensor(chosen), fromNumbers('float32', [out.length, count], out.flat())];
};

const regressor: Kernel = (node, inputs) => {
  const targets = intOf(node, 'n_targets', 1);
  const results = scores(
    oldTrees(node, 'target'),
    tensorAt(node, inputs, 0),
    targets,
    stringOf(node, 'aggregate_function', 'SUM') as Aggregate,
    numbersIn(node, 'base_values') ?? [],
  );
  return [
    fromNumbers(
      'float32',
      [results.length, targets],
      results.flatMap(({ row }) => postTransform(stringOf(node, 'post_transform', 'NONE'), row)),
    ),
  ];
};

const transforms = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];
const ensemble: Kernel = (node, inputs) => {
  const x = tensorAt(node, inputs, 0);
  const targets = intOf(node, 'n_targets', 1);
  const aggregate = (['AVERAGE', 'SUM', 'MIN', 'MAX'] as const)[intOf(node, 'aggregate_function', 1)] ?? 'SUM';
  const results = scores(newTrees(node), x, targets, aggregate, []);
  return [
    fromNumbers(
      x.type,
      [results.length, targets],
      results.flatMap(({ row }) => postTransform(transforms[intOf(node, 'post_transform', 0)]!, row)),
    ),
  ];
};

export const kernels = {
  'ai.onnx.ml:TreeEnsembleClassifier': classifier,
  'ai.onnx.ml:TreeEnsembleRegressor': regressor,
  'ai.onnx.ml:TreeEnsemble': ensemble,
} satisfies Record<string, Kernel>;
