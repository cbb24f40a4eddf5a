// Transposition of a dense array: out[i_perm[0], i_perm[1], ...] = in[i_0, i_1, ...].

/** `values` of extents `dims` with its axes in the order `perm`. */
export function permute(values: Float32Array, dims: readonly number[], perm: readonly number[]): Float32Array {
  const rank = dims.length;
  const strides = new Array<number>(rank);
  for (let i = rank - 1, step = 1; i >= 0; i--) {
    strides[i] = step;
    step *= dims[i]!;
  }
  const out = new Float32Array(values.length);
  if (values.length === 0) return out;
  const extents = perm.map((axis) => dims[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  const last = rank - 1;
  const index = new Array<number>(rank).fill(0);
  const inner = rank ? extents[last]! : 1;
  const innerStep = rank ? steps[last]! : 1;
  let from = 0;
  for (let to = 0; to < out.length; to += inner) {
    for (let j = 0, at = from; j < inner; j++, at += innerStep) out[to + j] = values[at]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < extents[axis]!) break;
      from -= steps[axis]! * extents[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
