// What inference knows so far: the type and the elements of each value of one scope (the main graph with its subgraphs, or one call of a function).
import { constantOf, type Dim, type Value, type ValueType } from '@modeldiet/onnx-io';
import type { Constant, Tensor } from '@modeldiet/tensor';
import { unknown } from '../dims';
import type { Elements, Shapes } from '../facts';
import { tensor } from './rule';
import { elementsOf, tensorFrom } from './values/elements';

/** The type of a constant as a value. A sparse constant stands for the dense tensor, as runtimes read it. */
export const typeOfConstant = (constant: Constant): ValueType =>
  constant.type === 'sparse'
    ? tensor(constant.values.type, constant.dims)
    : constant.type === 'opaque'
      ? tensor(undefined, constant.dims)
      : tensor(constant.type, constant.dims);

export interface State extends Shapes {
  readonly types: Map<Value, ValueType>;
  readonly known: Map<Value, Elements | undefined>;
  /** The tensors behind values that are constant as a whole; the key of Constant nodes and initializers. */
  readonly tensors: Map<Value, Tensor>;
}

/** The tensor in memory that a value always is; overridable initializers are none. */
const tensorOf = (value: Value): Tensor | undefined => {
  const constant = constantOf(value);
  return constant && 'data' in constant ? constant : undefined;
};

export function makeState(unresolved: Shapes['unresolved'], declared: (value: Value) => ValueType | undefined): State {
  const types = new Map<Value, ValueType>();
  const known = new Map<Value, Elements | undefined>();
  const tensors = new Map<Value, Tensor>();
  const elements = (value: Value): Elements | undefined => {
    if (known.has(value)) return known.get(value);
    const constant = tensors.get(value) ?? tensorOf(value);
    const found = constant && elementsOf(constant);
    known.set(value, found);
    return found;
  };
  return {
    types,
    known,
    tensors,
    unresolved,
    of: (value) => types.get(value) ?? (value.initializer ? typeOfConstant(value.initializer) : declared(value)),
    constant(value) {
      const constant = tensors.get(value) ?? tensorOf(value);
      if (constant) return constant;
      const found = elements(value);
      const type = types.get(value);
      return found && tensorFrom(type?.kind === 'tensor' ? type.dtype : undefined, found);
    },
    elements,
  };
}

/** Elements worth keeping: something must be known of at least one. */
export const worthwhile = (elements: Elements | undefined): Elements | undefined =>
  elements && (elements.data.length === 0 || elements.data.some((dim: Dim) => dim !== unknown)) ? elements : undefined;
