// The one bridge from a pass, which edits a draft, to a transform, which is pure: clone, run, collect the report, refuse an empty result.
import type { LongWork, Warning } from '@modeldiet/tensor';
import { fail } from './errors';
import { cloneModel } from './ir/clone';
import type { Model, Node } from './ir/model';
import { keyOf, opKey } from './ir/names';
import { allNodes } from './ir/walk';

export interface Change {
  readonly node: string;
  readonly opType: string;
  readonly what: string;
}
export interface Skip {
  readonly node: string;
  readonly opType: string;
  readonly code: string;
  readonly reason: string;
}
/** JSON: names only. `matched` lists the nodes that include/exclude picked, when one was given. */
export interface Report {
  readonly transform: string;
  readonly options: object;
  readonly changed: readonly Change[];
  readonly skipped: readonly Skip[];
  readonly warnings: readonly Warning[];
  readonly matched?: readonly string[];
}
export interface TransformOptions extends LongWork {
  /** Return the model as it was when nothing matched, instead of throwing `onnx-io/nothing-changed`. */
  readonly allowEmpty?: boolean;
  /** Only nodes whose address or op type equals a string or matches a RegExp; a pattern that matches no node is an error. */
  readonly include?: readonly (string | RegExp)[];
  readonly exclude?: readonly (string | RegExp)[];
}
export type Transform<O extends TransformOptions = TransformOptions, R extends Report = Report> = (
  model: Model,
  options: O,
) => Promise<{ readonly model: Model; readonly report: R }>;

/** How reports name a node. */
export interface Address {
  readonly node: string;
  readonly opType: string;
}
export const addressOf = (node: Node | Address): Address =>
  'graph' in node ? { node: keyOf(node), opType: node.opType } : { node: node.node, opType: node.opType };

export interface Draft {
  readonly model: Model;
  /** False for a node that include/exclude leaves out: a pass asks before it touches a node of the original. Nodes made by the pass are selected. */
  selects(node: Node): boolean;
  /** A node of the original is named by the address it had there, even when it is gone; one that the pass made and removed by {@link addressOf} before it goes. */
  change(node: Node | Address, what: string): void;
  skip(node: Node | Address, code: string, reason: string): void;
  warn(warning: Warning): void;
}
/** Edits `draft.model`, returns how many changes it made. */
export type Pass = (draft: Draft, work: LongWork) => number | Promise<number>;

function matches(pattern: string | RegExp, key: string, op: string): boolean {
  if (typeof pattern === 'string') return pattern === key || pattern === op;
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return stateless.test(key) || stateless.test(op);
}

function selection(model: Model, { include, exclude }: TransformOptions): { selects: (node: Node) => boolean; matched?: string[] } {
  if (!include && !exclude) return { selects: () => true };
  const out = new Set<Node>();
  const matched: string[] = [];
  const hit = new Set<string | RegExp>();
  for (const node of allNodes(model)) {
    const key = keyOf(node);
    const test = (patterns: readonly (string | RegExp)[]): boolean => {
      const hits = patterns.filter((pattern) => matches(pattern, key, opKey(node)));
      for (const pattern of hits) hit.add(pattern);
      return hits.length > 0;
    };
    const included = include ? test(include) : true;
    const excluded = exclude ? test(exclude) : false;
    if (included && !excluded) matched.push(key);
    else out.add(node);
  }
  for (const [option, patterns] of [
    ['include', include],
    ['exclude', exclude],
  ] as const)
    for (const pattern of patterns ?? []) if (!hit.has(pattern)) throw fail('no-match', { where: { option }, actual: String(pattern) });
  return { selects: (node) => !out.has(node), matched };
}

const plain = (options: object): object => {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || typeof value === 'function' || value instanceof AbortSignal) continue;
    kept[key] = Array.isArray(value) ? value.map((entry) => (entry instanceof RegExp ? String(entry) : entry)) : value;
  }
  return kept;
};

/** Runs `pass` on a copy of `model` (weights shared). Throws `onnx-io/nothing-changed` when it changed nothing, unless `allowEmpty`. */
export async function transform(name: string, model: Model, options: TransformOptions, pass: Pass): Promise<{ model: Model; report: Report }> {
  options.signal?.throwIfAborted();
  const copy = cloneModel(model);
  const changed: Change[] = [];
  const skipped: Skip[] = [];
  const warnings: Warning[] = [];
  const { selects, matched } = selection(copy, options);
  // A copy has its nodes in the order of the original, whose addresses stay.
  const original = new Map<Node, Node>();
  const before = allNodes(model);
  for (const node of allNodes(copy)) original.set(node, before.next().value!);
  const named = (node: Node | Address): Address => addressOf(('graph' in node ? original.get(node) : undefined) ?? node);
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    options.onWarning?.(warning);
  };
  const draft: Draft = {
    model: copy,
    selects,
    change: (node, what) => changed.push({ ...named(node), what }),
    skip: (node, code, reason) => skipped.push({ ...named(node), code, reason }),
    warn,
  };
  const count = await pass(draft, { signal: options.signal, onProgress: options.onProgress, onWarning: warn });
  options.signal?.throwIfAborted();
  if (count === 0 && !options.allowEmpty) {
    const reasons = [...new Set(skipped.map(({ reason }) => reason))].slice(0, 3).join('; ');
    throw fail(
      'nothing-changed',
      {
        actual: skipped.length
          ? `${skipped.length === 1 ? 'one node' : `${skipped.length} nodes`} left as they were: ${reasons}`
          : 'no node that it applies to',
      },
      `${name} changed nothing`,
    );
  }
  const report: Report = { transform: name, options: plain(options), changed, skipped, warnings, ...(matched && { matched }) };
  return { model: copy, report };
}
