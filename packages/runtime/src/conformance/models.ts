// The tiny models of the conformance cases.
import { type Dim, graphBuilder, type Model } from '@modeldiet/onnx-io';
import type { DType } from '@modeldiet/tensor';

/** y = Identity(x); dims null: of unknown rank. */
export function identity(dtype: DType, dims: readonly Dim[] | null = ['n']): Model {
  const g = graphBuilder();
  const x = g.input('x', dtype, dims ?? undefined);
  g.output(g.op('Identity', [x]), 'y', dims ? { dtype, dims } : { dtype });
  return g.model();
}

/** y = x as float32 MatMul w + b, w [4,3] lazy-sized, b [3]; x [batch,4]. */
export function linear(): Model {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['batch', 4]);
  const w = g.constant('w', { type: 'float32', dims: [4, 3], data: Float32Array.from({ length: 12 }, (_, i) => i - 5) });
  const b = g.constant('b', { type: 'float32', dims: [3], data: Float32Array.of(0.5, -0.5, 2) });
  g.output(g.op('Add', [g.op('MatMul', [x, w], {}, { name: 'product' }), b]), 'y', { dtype: 'float32', dims: ['batch', 3] });
  return g.model();
}

/** What {@link linear} gives for rows of x. */
export const linearOf = (x: readonly number[]): number[] => {
  const out: number[] = [];
  for (let row = 0; row < x.length / 4; row++)
    for (let j = 0; j < 3; j++) {
      let sum = [0.5, -0.5, 2][j]!;
      for (let k = 0; k < 4; k++) sum += x[row * 4 + k]! * (k * 3 + j - 5);
      out.push(sum);
    }
  return out;
};

/** s = a + b, p = a * b; both [n]: the dim is shared. */
export function twoInputs(): Model {
  const g = graphBuilder();
  const [a, b] = [g.input('a', 'float32', ['n']), g.input('b', 'float32', ['n'])];
  g.output(g.op('Add', [a, b]), 's', { dtype: 'float32', dims: ['n'] });
  g.output(g.op('Mul', [a, b]), 'p', { dtype: 'float32', dims: ['n'] });
  return g.model();
}

/** y = x reshaped to [2, -1]: fails in the run when x has an odd count. */
export function halves(): Model {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['n']);
  g.output(g.op('Reshape', [g.op('Neg', [x]), [2, -1]], {}, { name: 'cut' }), 'y', { dtype: 'float32', dims: [2, 'half'] });
  return g.model();
}

/** y = x MatMul w with w [4,3] and x of unknown width: fails in the run, in a node with a name. */
export function anyWidth(): Model {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['n', 'width']);
  const w = g.constant('w', { type: 'float32', dims: [4, 3], data: new Float32Array(12).fill(1) });
  g.output(g.op('MatMul', [x, w], {}, { name: 'layer/product' }), 'y', { dtype: 'float32', dims: ['n', 3] });
  return g.model();
}

/** y = x as a sequence of its entries, z = Relu(x). */
export function withSequence(): Model {
  const g = graphBuilder();
  const x = g.input('x', 'float32', ['n']);
  g.output(g.op('SplitToSequence', [x], { axis: 0 }), 'y', { kind: 'sequence', element: { kind: 'tensor', dtype: 'float32' } });
  g.output(g.op('Relu', [x]), 'z', { dtype: 'float32', dims: ['n'] });
  return g.model();
}

/** TensorProto.DataType (onnx.proto) of the types casts go to here. */
const codes = { float32: 1, uint8: 2, int8: 3, uint4: 21, int4: 22 } as const;

/** y = Cast(x) from one type to another; z = Relu of a float x when `and` is set. */
export function castModel(from: DType, to: keyof typeof codes, and = false): Model {
  const g = graphBuilder();
  const x = g.input('x', from, ['n']);
  g.output(g.op('Cast', [x], { to: codes[to] }), 'y', { dtype: to, dims: ['n'] });
  if (and) g.output(g.op('Relu', [x]), 'z', { dtype: from, dims: ['n'] });
  return g.model();
}

/** x goes through an op no runtime has. */
export function unknownOp(): Model {
  const g = graphBuilder({ opsets: { 'com.acme': 1 } });
  const x = g.input('x', 'float32', ['n']);
  g.output(g.op('com.acme:Frobnicate', [x]), 'y', { dtype: 'float32', dims: ['n'] });
  return g.model();
}
