// Weights that are read when asked for, and transforms of them that stay lazy.
import { byteLengthOf } from './bytes';
import { sameDims } from './dims';
import { fail } from './errors';
import type { DType, LazyTensor, OpaqueTensor, SparseTensor, Tensor, Weight } from './types';
import type { LongWork } from './work';

/** True for what has to be loaded. */
export const isLazy = (w: Weight | SparseTensor | OpaqueTensor): w is LazyTensor => w.type !== 'sparse' && w.type !== 'opaque' && !('data' in w);

/** True for a tensor whose data is here. */
export const isResident = (w: Weight | SparseTensor | OpaqueTensor): w is Tensor => 'data' in w;

/** A tensor that `load` reads each time it is asked for; nothing is kept. Errors: `tensor/dims`; `tensor/lazy-output` from the load when what it gives is of another type or dims. */
export function lazyTensor<T extends DType>(type: T, dims: readonly number[], load: (work?: LongWork) => Promise<Tensor<T>>): LazyTensor<T> {
  const byteLength = byteLengthOf(type, dims);
  return {
    type,
    dims,
    byteLength,
    async load(work) {
      work?.signal?.throwIfAborted();
      return checked('the loaded tensor', await load(work), { type, dims });
    },
  };
}

function checked<T extends DType>(name: string, t: Tensor<T>, { type, dims }: { readonly type: T; readonly dims: readonly number[] }): Tensor<T> {
  if (t === undefined || t.type !== type || !sameDims(t.dims, dims))
    throw fail('lazy-output', { where: { value: name }, expected: `${type}[${dims}]`, actual: t === undefined ? 'nothing' : `${t.type}[${t.dims}]` });
  return t;
}

/** The data of a weight: itself when resident, else loaded. */
export const materialize = async <T extends DType>(w: Tensor<T> | LazyTensor<T>, work?: LongWork): Promise<Tensor<T>> => {
  if ('data' in w) return w;
  return w.load(work);
};

/**
 * The outputs of `f(w)`. A resident weight is computed now. A lazy one gives lazy outputs of the announced types and dims that share one load and one call of `f`: the first output asked
 * for starts it, the result is dropped once each output was read, and a later read starts anew. `f` is given the work of whoever reads (`work` only serves the resident case).
 * Error: `tensor/lazy-output` when `f` gives something other than announced.
 */
export function mapWeight<K extends string>(
  w: Weight,
  out: Readonly<Record<K, { readonly type: DType; readonly dims: readonly number[] }>>,
  f: (t: Tensor, work: LongWork) => Record<K, Tensor>,
  work: LongWork = {},
): Record<K, Weight> {
  const names = Object.keys(out) as K[];
  const compute = (t: Tensor, by: LongWork): Record<K, Tensor> => {
    const made = f(t, by);
    for (const name of names) checked(name, made[name], out[name]);
    return made;
  };
  if (!isLazy(w)) return compute(w, work);
  const source = w;
  // One pass: the shared result and who has not read it yet.
  let pass: { readonly result: Promise<Record<K, Tensor>>; readonly unread: Set<K> } | undefined;
  const start = (by: LongWork): Promise<Record<K, Tensor>> => {
    const fresh = { result: source.load(by).then((t) => compute(t, by)), unread: new Set(names) };
    pass = fresh;
    // A pass that failed or was stopped is not kept.
    fresh.result.catch(() => {
      if (pass === fresh) pass = undefined;
    });
    return fresh.result;
  };
  const take = (name: K): void => {
    pass?.unread.delete(name);
    if (pass?.unread.size === 0) pass = undefined;
  };
  const read = async (name: K, by: LongWork = {}): Promise<Tensor> => {
    const shared = pass?.unread.has(name) ? pass.result : undefined;
    const result = shared ?? start(by);
    take(name);
    if (!shared) return (await result)[name];
    // Another reader started this pass; when it was stopped or failed, this one tries by itself.
    const made = await result.catch(() => undefined);
    by.signal?.throwIfAborted();
    if (made) return made[name];
    const own = start(by);
    take(name);
    return (await own)[name];
  };
  const lazy = names.map((name) => [name, lazyTensor(out[name].type, out[name].dims, (by) => read(name, by))] as const);
  return Object.fromEntries(lazy) as Record<K, Weight>;
}
