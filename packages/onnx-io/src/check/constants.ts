// Constants hold what their extents ask for; an initializer that is also a declared input is of that type.
import { byteLengthOf, type Constant, elementCount, storageCount } from '@modeldiet/tensor';
import type { Value } from '../ir/model';
import { allGraphs, allNodes } from '../ir/walk';
import { atGraph, atNode, type Check, error, type Problem } from './problem';

const isExtent = (dim: number): boolean => Number.isSafeInteger(dim) && dim >= 0;

/** What is wrong with a constant, in words. */
export function wrongConstant(constant: Constant): string | undefined {
  if (!constant.dims.every(isExtent)) return `the extents [${constant.dims.join(', ')}] are not all whole numbers`;
  if (constant.type === 'opaque') return constant.dataType === 0 ? 'it has no element type' : undefined;
  if (constant.type === 'sparse') {
    const { values, indices, dims } = constant;
    const inner = wrongConstant(values) ?? wrongConstant(indices);
    if (inner) return inner;
    const count = elementCount(values.dims);
    const axes = indices.dims.length === 2 ? indices.dims[1] : 1;
    if (values.dims.length !== 1) return 'the values of a sparse constant are a vector';
    if (indices.type !== 'int64' || indices.dims.length > 2 || indices.dims[0] !== count || (indices.dims.length === 2 && axes !== dims.length))
      return `the indices of a sparse constant are int64 [${count}] or [${count}, ${dims.length}], not ${indices.type} [${indices.dims.join(', ')}]`;
    return undefined;
  }
  const count = elementCount(constant.dims);
  if ('data' in constant) {
    const expected = storageCount(constant.type, count);
    return constant.data.length === expected
      ? undefined
      : `${constant.type}[${constant.dims.join(', ')}] needs ${expected} entries and holds ${constant.data.length}`;
  }
  if (constant.type === 'string') return undefined;
  const expected = byteLengthOf(constant.type, constant.dims);
  return constant.byteLength === expected ? undefined : `${constant.type}[${constant.dims.join(', ')}] needs ${expected} bytes and has ${constant.byteLength}`;
}

function* checkDeclared(value: Value): Generator<Problem> {
  const { initializer, type, graph } = value;
  if (!initializer || initializer.type === 'opaque' || !type || type.kind !== 'tensor') return;
  const dtype = initializer.type === 'sparse' ? initializer.values.type : initializer.type;
  if (type.dtype !== undefined && type.dtype !== dtype)
    yield error('initializer-type', atGraph(graph, value.name), `declared ${type.dtype}, the initializer is ${dtype}`);
  const { shape } = type;
  if (shape && (shape.length !== initializer.dims.length || shape.some((dim, i) => typeof dim === 'number' && dim !== initializer.dims[i])))
    yield error('initializer-type', atGraph(graph, value.name), `declared [${shape.join(', ')}], the initializer is [${initializer.dims.join(', ')}]`);
}

export const constants: Check = {
  name: 'constants',
  *run(model) {
    for (const graph of allGraphs(model))
      for (const value of graph.initializers) {
        const wrong = wrongConstant(value.initializer!);
        if (wrong) yield error('constant', atGraph(graph, value.name), wrong);
        yield* checkDeclared(value);
      }
    for (const node of allNodes(model))
      for (const [name, { kind, value }] of node.attributes)
        for (const constant of kind === 'tensor' ? [value] : kind === 'tensors' ? value : []) {
          const wrong = wrongConstant(constant);
          if (wrong) yield error('constant', atNode(node), `attribute '${name}': ${wrong}`);
        }
  },
};
