// What two types have in common: the branches of an If, the calls of a function, the trips of a loop.
import type { Dim, ValueType } from '@modeldiet/onnx-io';
import { equalDims, unknown } from '../dims';
import { tensor } from './rule';

/** The same where both agree, unknown where they differ. Undefined knows nothing. */
export function mergeTypes(a: ValueType | undefined, b: ValueType | undefined): ValueType | undefined {
  if (!a || !b || a.kind !== b.kind) return undefined;
  if (a.kind === 'tensor' && b.kind === 'tensor') {
    const dtype = a.dtype === b.dtype ? a.dtype : undefined;
    const shape = a.shape && b.shape?.length === a.shape.length ? a.shape.map((dim, i): Dim => (equalDims(dim, b.shape![i]!) ? dim : unknown)) : undefined;
    return tensor(dtype, shape);
  }
  if ((a.kind === 'sequence' && b.kind === 'sequence') || (a.kind === 'optional' && b.kind === 'optional')) {
    const element = mergeTypes(a.element, b.element);
    return element && { kind: a.kind, element };
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const element = mergeTypes(a.element, b.element);
    return element && a.key === b.key ? { kind: 'map', key: a.key, element } : undefined;
  }
  return a.kind === 'opaque' ? a : undefined;
}

/** The same extents and the same kinds. */
export function sameType(a: ValueType | undefined, b: ValueType | undefined): boolean {
  if (!a || !b || a.kind !== b.kind) return a === b;
  if ((a.kind === 'tensor' && b.kind === 'tensor') || (a.kind === 'sparse' && b.kind === 'sparse')) {
    if (a.dtype !== b.dtype || !a.shape !== !b.shape || a.shape?.length !== b.shape?.length) return false;
    return !a.shape || a.shape.every((dim, i) => dim === b.shape![i]);
  }
  if ('element' in a && 'element' in b) return sameType(a.element, b.element);
  return true;
}
