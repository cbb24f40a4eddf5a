// Rules over every node of a draft, round after round until nothing changes. Failed matches of the last round are the report's skips.
import { allNodes, type Draft, type Node, opKey, type Pass } from '@modeldiet/onnx-io';
import { checkpoint, type LongWork } from '@modeldiet/tensor';
import { contextOf } from './context';
import type { Outcome, Rule } from './rule';

const mostRounds = 50;

function rulesFor(rules: readonly Rule[]): (node: Node) => readonly Rule[] {
  const byOp = new Map<string, readonly Rule[]>();
  return (node) => {
    const key = opKey(node);
    let own = byOp.get(key);
    if (!own) {
      own = rules.filter(({ ops }) => ops === '*' || ops.includes(key));
      byOp.set(key, own);
    }
    return own;
  };
}

/** False for a node that a rule took away, or whose subgraph went with the node around it. */
function isInModel(node: Node): boolean {
  for (let each: Node | undefined = node; each; each = each.graph.parent) if (!each.graph.nodes.has(each)) return false;
  return true;
}

interface Round {
  readonly changes: number;
  readonly skips: ReadonlyMap<Node, readonly Exclude<Outcome, undefined | { readonly did: string }>[]>;
}

async function runRound(draft: Draft, of: (node: Node) => readonly Rule[], work: LongWork, name: string): Promise<Round> {
  const context = contextOf(draft, work);
  const skips = new Map<Node, Exclude<Outcome, undefined | { readonly did: string }>[]>();
  const nodes = [...allNodes(draft.model)];
  let changes = 0;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (i % 256 === 0) await checkpoint(work, { phase: name, done: i, total: nodes.length, unit: 'nodes' });
    for (const rule of of(node)) {
      if (!isInModel(node) || !draft.selects(node)) break;
      const pending = rule.apply(node, context);
      const outcome = pending instanceof Promise ? await pending : pending;
      if (!outcome) continue;
      if ('did' in outcome) {
        changes++;
        draft.change(node, outcome.did);
      } else skips.set(node, [...(skips.get(node) ?? []), outcome]);
    }
  }
  return { changes, skips };
}

/** A pass that applies `rules` to every node (of subgraphs and functions too) until none does anything. */
export const rulePass =
  (name: string, rules: readonly Rule[]): Pass =>
  async (draft, work) => {
    const of = rulesFor(rules);
    let changes = 0;
    for (let round = 0; round < mostRounds; round++) {
      const last = await runRound(draft, of, work, name);
      changes += last.changes;
      if (last.changes > 0) continue;
      for (const [node, skips] of last.skips) for (const { code, reason } of skips) if (isInModel(node)) draft.skip(node, `simplify/${code}`, reason);
      break;
    }
    return changes;
  };
