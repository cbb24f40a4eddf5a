// The values to observe, by name: where each comes from, and how it can be fetched.
import { constantOf, definedValues, graphAddress, type Model, nestedGraphs, opKey, scopes, type Value } from '@modeldiet/onnx-io';
import { inferShapes, type Shapes, symbolsOf } from '@modeldiet/ops';
import { byteLengthOf, type DType } from '@modeldiet/tensor';
import { fail } from '../errors';

export interface Target {
  readonly name: string;
  readonly value: Value;
  /** 'feed': an input of the main graph; 'constant': an initializer; 'run': made in a run. */
  readonly from: 'feed' | 'constant' | 'run';
  readonly dtype?: DType;
  /** The type to cast to before it is fetched, where the runtime cannot hand out its own: exact. */
  readonly as?: DType;
}

/** Types no runtime hands out, and a wider one that holds every number of theirs. */
const wider: Partial<Record<DType, DType>> = {
  bfloat16: 'float32',
  float8e4m3fn: 'float32',
  float8e4m3fnuz: 'float32',
  float8e5m2: 'float32',
  float8e5m2fnuz: 'float32',
  int4: 'int8',
  uint4: 'uint8',
  int2: 'int8',
  uint2: 'uint8',
};

/** Every value by its address: its name in the main graph, behind the owner's address in a body ('If->y/then_branch/conv1'). */
export function valuesByAddress(model: Model): Map<string, Value> {
  const byAddress = new Map<string, Value>();
  for (const graph of nestedGraphs(model.graph)) {
    const owner = graphAddress(graph);
    for (const value of definedValues(graph)) byAddress.set(owner + value.name, value);
  }
  return byAddress;
}

/** Throws `runtime/unknown-value` for an address the model does not have, `runtime/not-observable` for a value that is no tensor. */
export function targetsOf(model: Model, names: readonly string[], shapes: Shapes): Target[] {
  const byAddress = valuesByAddress(model);
  return [...new Set(names)].map((name): Target => {
    const value = byAddress.get(name);
    if (!value) throw fail('unknown-value', { where: { value: name } });
    const type = shapes.of(value) ?? value.type;
    if (type && type.kind !== 'tensor') throw fail('not-observable', { where: { value: name }, actual: type.kind }, 'only tensors can be observed');
    const as = type?.dtype && wider[type.dtype];
    if (constantOf(value) && !value.graph.inputs.includes(value)) return { name, value, from: 'constant' };
    if (!value.producer && value.graph === model.graph) return { name, value, from: value.initializer ? 'constant' : 'feed' };
    return { name, value, from: 'run', ...(type?.dtype && { dtype: type.dtype }), ...(as && { as }) };
  });
}

/** Shapes with the symbols of the inputs bound to what one item feeds, as far as they agree. */
export function shapesFor(model: Model, dims: ReadonlyMap<string, readonly number[]>): Shapes {
  const bound: Record<string, number> = {};
  for (const { name, type } of model.graph.inputs) {
    const fed = dims.get(name);
    if (type?.kind !== 'tensor' || !fed) continue;
    for (const [axis, dim] of (type.shape ?? []).entries())
      if (typeof dim === 'string' && symbolsOf(dim)[0] === dim && fed[axis] !== undefined) bound[dim] ??= fed[axis];
  }
  return inferShapes(model, { dims: bound });
}

/** Bytes of a value for these shapes; undefined when an extent or the type is unknown. */
export function bytesFor(target: Target, shapes: Shapes): number | undefined {
  // A loop makes its values more than once: how often is not known beforehand.
  for (const graph of scopes(target.value.graph)) if (graph.parent && opKey(graph.parent) !== 'If') return undefined;
  const type = shapes.of(target.value);
  if (type?.kind !== 'tensor' || !type.dtype || type.dtype === 'string' || !type.shape?.every((dim) => typeof dim === 'number' && dim >= 0)) return undefined;
  return byteLengthOf(target.as ?? type.dtype, type.shape as readonly number[]);
}

/** Values of unknown size are mostly small: shapes, and what loops make. */
const unknownPerGroup = 64;

/** Targets in groups whose bytes stay under `maxBytes`; one that is larger still gets its turn alone; one of unknown size is taken for a small share of a group. */
export function groupsOf(targets: readonly Target[], shapes: Shapes, maxBytes: number): Target[][] {
  const groups: Target[][] = [];
  let room = 0;
  for (const target of targets) {
    const bytes = bytesFor(target, shapes) ?? maxBytes / unknownPerGroup;
    if (groups.length === 0 || bytes > room) {
      groups.push([]);
      room = maxBytes;
    }
    groups.at(-1)!.push(target);
    room -= bytes;
  }
  return groups;
}
