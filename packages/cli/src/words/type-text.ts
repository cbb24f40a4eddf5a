// Types as the JSON outputs write them: dtype in words, dims as numbers, names, or null where neither is known.
import type { Dim, ValueType } from '@modeldiet/onnx-io';

/** 'float32', 'seq(map(int64,float32))', 'optional(seq(float32))', 'unknown'. */
export function typeText(type: ValueType | undefined): string {
  switch (type?.kind) {
    case 'tensor':
      return type.dtype ?? 'unknown';
    case 'sparse':
      return `sparse(${type.dtype ?? 'unknown'})`;
    case 'sequence':
      return `seq(${typeText(type.element)})`;
    case 'optional':
      return `optional(${typeText(type.element)})`;
    case 'map':
      return `map(${type.key},${typeText(type.element)})`;
    default:
      return type?.kind ?? 'unknown';
  }
}

/** A fresh name of the reader ('?7', also inside an expression) is no name: null. */
export const dimJson = (dim: Dim): number | string | null => (typeof dim === 'string' && dim.includes('?') ? null : dim);

export const dimsJson = (type: ValueType | undefined): (number | string | null)[] | null =>
  (type?.kind === 'tensor' || type?.kind === 'sparse') && type.shape ? type.shape.map(dimJson) : null;

/** '[1,3,?,seq]'; nothing for an unknown rank. */
export const dimsText = (dims: readonly (number | string | null)[] | null): string => (dims ? `[${dims.map((dim) => dim ?? '?').join(',')}]` : '');

export interface NamedType {
  readonly name: string;
  readonly dtype: string;
  readonly dims: (number | string | null)[] | null;
}
export const namedType = (name: string, type: ValueType | undefined): NamedType => ({ name, dtype: typeText(type), dims: dimsJson(type) });
