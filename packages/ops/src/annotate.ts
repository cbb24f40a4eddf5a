// Writes inferred types into a model.
import { allGraphs, cloneModel, type Dim, definedValues, edit, type Model, requireModel, type ValueType } from '@modeldiet/onnx-io';
import type { Shapes } from './facts';

const isFresh = (dim: Dim): boolean => typeof dim === 'string' && dim.includes('?');

/** What is worth writing: a type with its extents. */
const merged = (inferred: ValueType | undefined, declared: ValueType | undefined): ValueType | undefined => {
  if (!inferred) return declared;
  if (inferred.kind !== 'tensor' || declared?.kind !== 'tensor') return inferred;
  const denotation = {
    ...(declared.denotation !== undefined && { denotation: declared.denotation }),
    ...(declared.dimDenotations && { dimDenotations: declared.dimDenotations }),
  };
  const shape = inferred.shape?.map((dim, i) => (isFresh(dim) && declared.shape?.length === inferred.shape!.length ? declared.shape[i]! : dim));
  return { ...inferred, ...(shape && { shape }), ...denotation };
};

/**
 * A copy of `model` (weights shared) whose values carry the types that {@link inferShapes} found for it. Unknown extents keep what the file said of them.
 *
 * ```ts
 * const typed = annotate(model, inferShapes(model));
 * ```
 */
export function annotate(model: Model, shapes: Shapes): Model {
  requireModel(model);
  const copy = cloneModel(model);
  const [from, to] = [allGraphs(model), allGraphs(copy)];
  for (const graph of from) {
    const twin = to.next().value!;
    const twins = definedValues(twin);
    for (const value of definedValues(graph)) {
      const other = twins.next().value!;
      if (value.initializer) continue;
      const type = merged(shapes.of(value), value.type);
      if (type) edit.setType(other, type);
    }
  }
  return copy;
}
