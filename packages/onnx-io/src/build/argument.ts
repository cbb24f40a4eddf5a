// What `graphBuilder` takes as an input of a node, and the element types that follow from it.
import { bfloat16, encodeArray, float16 } from '@modeldiet/numfmt';
import type { DType, Tensor } from '@modeldiet/tensor';
import { dtypes } from '../dtypes';
import { fail } from '../errors';
import type { Value } from '../ir/model';
import type { Formal, OpSchema } from '../schema';

type Numeric = number | bigint | boolean;
/** A value of the graph; a tensor or numbers, which become an initializer; nothing for an optional input left out. Numbers take the element type that the schema asks for. */
export type Arg = Value | Tensor | Numeric | readonly Numeric[] | string | undefined | null;

export const isValue = (arg: unknown): arg is Value => typeof arg === 'object' && arg !== null && 'uses' in arg;
export const isTensor = (arg: unknown): arg is Tensor => typeof arg === 'object' && arg !== null && 'data' in arg && 'dims' in arg;

const makers: Partial<Record<DType, (values: readonly Numeric[]) => Tensor['data']>> = {
  float32: (v) => Float32Array.from(v, Number),
  float64: (v) => Float64Array.from(v, Number),
  float16: (v) => encodeArray(v.map(Number), float16),
  bfloat16: (v) => encodeArray(v.map(Number), bfloat16),
  int8: (v) => Int8Array.from(v, Number),
  uint8: (v) => Uint8Array.from(v, Number),
  int16: (v) => Int16Array.from(v, Number),
  uint16: (v) => Uint16Array.from(v, Number),
  int32: (v) => Int32Array.from(v, Number),
  uint32: (v) => Uint32Array.from(v, Number),
  int64: (v) => BigInt64Array.from(v, BigInt),
  uint64: (v) => BigUint64Array.from(v, BigInt),
  bool: (v) => Uint8Array.from(v, (x) => (x ? 1 : 0)),
};

/** A tensor of numbers: a scalar for one number, a vector for a list. Throws `input-value`. */
export function tensorOfNumbers(numbers: Numeric | string | readonly Numeric[], dtype: DType, opType = ''): Tensor {
  const dims = Array.isArray(numbers) ? [numbers.length] : [];
  if (typeof numbers === 'string') {
    if (dtype !== 'string') throw fail('input-value', { where: { opType }, expected: dtype, actual: 'a string' });
    return { type: 'string', dims: [], data: [numbers] };
  }
  const values = Array.isArray(numbers) ? (numbers as readonly Numeric[]) : [numbers as Numeric];
  const integral = /^u?int/.test(dtype);
  const wrong = integral ? values.find((x) => typeof x === 'number' && !Number.isSafeInteger(x)) : undefined;
  const make = makers[dtype];
  if (!make || wrong !== undefined)
    throw fail(
      'input-value',
      { where: { opType }, expected: dtype, actual: wrong ?? 'numbers' },
      make ? undefined : `plain numbers cannot make ${dtype}; give a tensor`,
    );
  return { type: dtype, dims, data: make(values) } as Tensor;
}

/** The element types a node's formals get. */
export interface Binding {
  /** What the inputs say: a type variable is bound by the first input that has one; a formal of one concrete type has that. */
  of(formal: Formal | undefined): DType | undefined;
  /** What plain numbers become where nothing is said: an index is int64; else the type of another input will do, or float32 among floats. */
  forNumbers(formal: Formal | undefined): DType | undefined;
  bind(formal: Formal | undefined, dtype: DType | undefined): void;
}

export function bindingOf(schema: OpSchema | undefined): Binding {
  const bound = new Map<string, DType>();
  const concrete = (type: string): DType | undefined => (type in dtypes ? (type as DType) : undefined);
  const allowed = (formal: Formal): readonly string[] => schema?.types[formal.type] ?? [];
  const of: Binding['of'] = (formal) => {
    if (!formal) return undefined;
    const known = bound.get(formal.type) ?? concrete(formal.type);
    return known ?? (allowed(formal).length === 1 ? concrete(allowed(formal)[0]!) : undefined);
  };
  return {
    of,
    forNumbers(formal) {
      const said = of(formal);
      if (!formal || said) return said;
      const types = allowed(formal);
      if (types.length > 0 && types.every((type) => type === 'int32' || type === 'int64')) return 'int64';
      const other = [...bound.values()].find((dtype) => types.includes(dtype));
      return other ?? (types.includes('float32') && types.every((type) => type.includes('float')) ? 'float32' : undefined);
    },
    bind: (formal, dtype) => {
      if (formal && dtype && !bound.has(formal.type)) bound.set(formal.type, dtype);
    },
  };
}
