// The extents a model declares: walks over them, the symbols that may be bound, names for extents that nobody knows.
import { allGraphs, type Dim, definedValues, type Model, type ValueType } from '@modeldiet/onnx-io';
import { symbolsOf } from '../dims';
import { fail } from '../errors';
import type { ShapeMemory } from './memory';

/** The type with `f` of each symbolic or unknown extent; the same object where that changes nothing. */
export function mapDims(type: ValueType, f: (dim: Dim) => Dim): ValueType {
  if (type.kind === 'tensor' || type.kind === 'sparse') {
    const { shape } = type;
    if (!shape?.some((dim) => typeof dim === 'string')) return type;
    const mapped = shape.map(f);
    return mapped.every((dim, i) => dim === shape[i]) ? type : { ...type, shape: mapped };
  }
  return 'element' in type ? { ...type, element: mapDims(type.element, f) } : type;
}

/** Throws `ops/bad-dim`, `ops/unknown-dim`. */
export function checkDims(model: Model, bound: Readonly<Record<string, number>>): void {
  const names = Object.keys(bound);
  for (const name of names)
    if (!Number.isSafeInteger(bound[name]) || bound[name]! < 0)
      throw fail('bad-dim', { where: { option: `dims.${name}` }, expected: 'an integer of at least 0', actual: bound[name] });
  if (names.length === 0) return;
  const found = new Set<string>();
  for (const graph of allGraphs(model))
    for (const { type } of definedValues(graph))
      if (type)
        mapDims(type, (dim) => {
          if (typeof dim === 'string') for (const symbol of [dim, ...symbolsOf(dim)]) found.add(symbol);
          return dim;
        });
  for (const name of names)
    if (!found.has(name))
      throw fail('unknown-dim', { where: { option: `dims.${name}` }, expected: [...found].filter((each) => !each.startsWith('?')).sort(), actual: name });
}

function lastDim(model: Model): number {
  let last = 0;
  for (const graph of allGraphs(model))
    for (const { type } of definedValues(graph))
      if (type)
        mapDims(type, (dim) => {
          const used = typeof dim === 'string' && /^\?(\d+)$/.exec(dim);
          if (used) last = Math.max(last, Number(used[1]));
          return dim;
        });
  return last;
}

/** '?n' with an n that the file does not use. */
function freshDims(model: Model): () => string {
  let last: number | undefined;
  return () => {
    last = (last ?? lastDim(model)) + 1;
    return `?${last}`;
  };
}

/** Names of extents for an inference; those of a memory go on. */
export function freshFor(model: Model, memory: ShapeMemory | undefined): () => string {
  if (!memory) return freshDims(model);
  memory.fresh ??= freshDims(model);
  return memory.fresh;
}
