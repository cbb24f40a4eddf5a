// What is known before the model runs: nodes whose inputs are all constant, and what follows from shapes alone.
import { constantBytes, constantOf, edit, functionKey, keyOf, type Node, opKey, subgraphs, type Value } from '@modeldiet/onnx-io';
import { kernels } from '@modeldiet/ops/reference';
import { byteLengthOf, type Constant, type DType, isLazy, isResident, mapWeight, type Tensor } from '@modeldiet/tensor';
import { type Context, did, type Outcome, type Rule, skip } from '../rule';
import { mostForOne, workOf } from './fold-work';
import { ownScales } from './own-scale';

/** A folded value may be this much larger than the constants it was made of: a file must not grow by what a node can make when it runs. */
const growth = 16 * 1024;

/** Never folded: the compact form is the point (DequantizeLinear), the result is drawn at random, or it is a constant already. */
const never: ReadonlySet<string> = new Set([
  'Constant',
  'DequantizeLinear',
  'com.microsoft:DequantizeLinear',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
  'Dropout',
]);

const isRead = (value: Value | undefined): value is Value => value !== undefined && (value.uses.size > 0 || edit.outputCount(value) > 0);
const isNumbers = (x: unknown): x is Tensor => typeof x === 'object' && x !== null && 'data' in x && 'dims' in x;

function replace(node: Node, constants: readonly (Constant | undefined)[], context: Context, what: string): Outcome {
  if (node.outputs.some((value) => value && edit.outputCount(value) > 0)) return skip('carries-output', 'the constant is a graph output');
  if ('overload' in node.graph) {
    const attributes = { value: edit.attr.tensor(constants[0]!) };
    if (node.outputs.length > 1) return skip('in-function', 'a function holds no initializers');
    edit.replaceValue(node.outputs[0]!, edit.addNode(node.graph, { opType: 'Constant', inputs: [], attributes }).outputs[0]!);
    edit.removeNode(node);
  } else {
    context.allowInitializers();
    edit.replaceByConstants(node, constants);
  }
  return did(what);
}

/** What `of` gives for each value that is there; undefined where it gives nothing for one of them. */
function allOf<T>(values: readonly (Value | undefined)[], of: (value: Value) => T | undefined): (T | undefined)[] | undefined {
  const all: (T | undefined)[] = [];
  for (const value of values) {
    const found = value && of(value);
    if (value && found === undefined) return undefined;
    all.push(found);
  }
  return all;
}

const sizeOf = (constants: readonly (Constant | undefined)[]): number => constants.reduce((sum, constant) => sum + (constant ? constantBytes(constant) : 0), 0);

/** Computes the node with its reference kernel; undefined where there is none or it cannot. */
function compute(node: Node, inputs: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] | undefined {
  const kernel = kernels[opKey(node)];
  if (!kernel) return undefined;
  try {
    const outputs = kernel(node, inputs, () => []);
    return outputs.every((output) => output === undefined || isNumbers(output)) ? (outputs as readonly (Tensor | undefined)[]) : undefined;
  } catch {
    return undefined; // an input the kernel refuses: the runtime will say so
  }
}

const rearranging: ReadonlySet<string> = new Set(['Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

/** A weight that is not in memory and is only rearranged stays lazy: the new one is made when it is read. */
function foldLazily(node: Node, constants: readonly (Constant | undefined)[], context: Context): Outcome {
  const [weight, ...others] = constants;
  const [output] = node.outputs;
  const dims = output && context.shapeOf(output);
  if (
    !weight ||
    !isLazy(weight) ||
    !rearranging.has(opKey(node)) ||
    !dims?.every((dim) => typeof dim === 'number') ||
    !others.every((x) => x === undefined || isNumbers(x))
  )
    return skip('too-large', 'a weight that is not in memory is computed with');
  const made: { readonly type: DType; readonly dims: readonly number[] } = { type: weight.type, dims: dims as readonly number[] };
  const at = keyOf(node);
  const detached: Node = { ...node };
  const { out } = mapWeight(weight, { out: made }, (t) => {
    const [result] = compute(detached, [t, ...(others as (Tensor | undefined)[])]) ?? [];
    if (!result) throw new Error(`${at}: the weight could not be rearranged`);
    return { out: result };
  });
  return replace(node, [out], context, 'folded: a rearranged weight');
}

const isTrained = (node: Node, context: Context): Outcome =>
  ownScales(context).has(node) ? skip('training', 'the scale follows from the weight, which is still trained: convertQat fixes both') : undefined;

export const foldConstants: Rule = {
  name: 'constants',
  ops: '*',
  apply(node, context) {
    const { model, tensorOf } = context;
    const key = opKey(node);
    if (never.has(key) || node.outputs.length === 0 || subgraphs(node).length > 0) return undefined;
    if (model.functions.size > 0 && model.functions.has(functionKey(node.domain, node.opType, node.overload))) return undefined;
    const read = node.outputs.map((value) => (isRead(value) ? value : undefined));
    const known = read.some(Boolean) ? allOf(read, tensorOf) : undefined;
    if (known) return isTrained(node, context) ?? replace(node, known, context, 'folded: it follows from shapes');
    if (node.inputs.length === 0) return undefined;
    const constants = allOf(node.inputs, (value) => tensorOf(value) ?? constantOf(value));
    if (!constants || [...node.attributes.values()].some(({ kind }) => kind === 'ref')) return undefined;
    const trained = isTrained(node, context);
    if (trained) return trained;
    if (constants.some((constant) => constant && isLazyConstant(constant))) return foldLazily(node, constants, context);
    if (!constants.every((constant) => constant === undefined || isNumbers(constant))) return undefined;
    // What would come out is weighed before it is computed, where its shape is known.
    const announced = node.outputs.reduce((sum, value) => sum + bytesOf(value, context), 0);
    if (announced > sizeOf(constants) + growth)
      return skip('too-large', announced === Infinity ? 'its value would have more elements than a tensor can' : `its value would take ${announced} bytes`);
    const steps = workOf(node, context);
    if (steps > mostForOne || !context.spend(steps))
      return skip('too-large', steps === Infinity ? 'how long computing it takes is in its values' : `computing it would take ${steps} steps`);
    const outputs = compute(node, constants as readonly (Tensor | undefined)[]);
    if (!outputs || node.outputs.some((value, i) => isRead(value) && !outputs[i])) return undefined;
    if (sizeOf(outputs) > sizeOf(constants) + growth) return skip('too-large', `its value takes ${sizeOf(outputs)} bytes`);
    return replace(node, outputs, context, 'folded: its inputs are constant');
  },
};

const isLazyConstant = (constant: Constant): boolean => constant.type !== 'sparse' && constant.type !== 'opaque' && !isResident(constant);

function bytesOf(value: Value | undefined, { dtypeOf, shapeOf }: Context): number {
  const shape = value && shapeOf(value);
  const dtype = value && dtypeOf(value);
  if (!shape || !dtype || dtype === 'string' || !shape.every((dim) => typeof dim === 'number')) return 0;
  // Of extents that no tensor has there is no length.
  const bytes = (shape as readonly number[]).reduce((a, b) => a * b, 1);
  return Number.isSafeInteger(bytes) ? byteLengthOf(dtype, shape as readonly number[]) : Infinity;
}
