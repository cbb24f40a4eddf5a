// One node of an op that no node case of onnx has: the reference kernel against ONNX Runtime, and the facts of the op (shape rule, axis equation) against what came out.
import { type AttributeArg, edit, graphBuilder, type Model, opKey, type Value } from '@modeldiet/onnx-io';
import { axesOf, inferShapes, table } from '@modeldiet/ops';
import { type Datum, interpret } from '@modeldiet/ops/reference';
import { random, type Tensor, tensor, toFloat64 } from '@modeldiet/tensor';
import { expect } from 'vitest';
import { axesProblem } from './ops-axes';
import { runInOrt, type Seen } from './ops-models';

/** The largest difference, as a share of the largest number of the output. */
export function distance(got: Datum, want: Seen): number {
  const t = got as Tensor;
  expect([t.type, t.dims]).toEqual([want.dtype, want.dims]);
  if (t.type === 'string') return [...t.data].every((text, i) => text === want.data[i]) ? 0 : Infinity;
  const a = toFloat64(t);
  let [most, scale] = [0, 1e-3];
  for (let i = 0; i < a.length; i++) {
    const b = Number(want.data[i]);
    if (Number.isNaN(a[i]) && Number.isNaN(b)) continue;
    most = Math.max(most, Math.abs(a[i]! - b));
    scale = Math.max(scale, Math.abs(b));
  }
  return most / scale;
}

const many = <T>(dims: readonly number[], make: () => T): T[] => Array.from({ length: dims.reduce((a, b) => a * b, 1) }, make);

/** Makers of random tensors. Each test file has its own, since the files of one worker share this module: their order must not change the data. */
export function drawn(seed: string) {
  const r = random(seed);
  return {
    floats: (...dims: number[]): Tensor => tensor('float32', Float32Array.from(many(dims, () => r.normal())), dims),
    bytes: (...dims: number[]): Tensor => tensor('uint8', Uint8Array.from(many(dims, () => r.int(256))), dims),
    signed: (...dims: number[]): Tensor => tensor('int8', Int8Array.from(many(dims, () => r.int(255) - 127)), dims),
    /** Scales: 0.01 to 0.03. */
    small: (...dims: number[]): Tensor => tensor('float32', Float32Array.from(many(dims, () => 0.01 + r.next() / 50)), dims),
  };
}
export const scalar = (x: number): Tensor => tensor('float32', Float32Array.of(x), []);
export const u8 = (...xs: number[]): Tensor => tensor('uint8', Uint8Array.from(xs), xs.length === 1 ? [] : [xs.length]);
export const s8 = (...xs: number[]): Tensor => tensor('int8', Int8Array.from(xs), xs.length === 1 ? [] : [xs.length]);
export const int64s = (...values: number[]): Tensor => tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
export const int32s = (values: readonly number[], dims: readonly number[] = [values.length]): Tensor => tensor('int32', Int32Array.from(values), dims);
export const bools = (values: readonly number[], dims: readonly number[]): Tensor => ({ type: 'bool', dims, data: Uint8Array.from(values) });

export interface NodeCase {
  readonly op: string;
  /** Inputs in order; the first is fed, the others are constants unless `fed` names them too. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes?: Readonly<Record<string, AttributeArg>>;
  /** What an output may differ by, as a share of its largest number: a step of 8 bits is 1 / 255. */
  readonly allowed?: number;
  /** Outputs the node makes; a hole is not asked for. Default: one. */
  readonly outputs?: readonly boolean[];
  readonly fed?: readonly number[];
  /** The reference has no kernel: the facts alone are judged. */
  readonly factsOnly?: boolean;
}

function modelOf({ op, inputs, attributes = {}, outputs = [true], fed = [0] }: NodeCase): { readonly model: Model; readonly feeds: Record<string, Tensor> } {
  const g = graphBuilder({ opsets: op.startsWith('ai.onnx.ml:') ? { 'ai.onnx.ml': 3 } : { 'com.microsoft': 1 } });
  const feeds: Record<string, Tensor> = {};
  const values: (Value | undefined)[] = inputs.map((t, i) => {
    if (!t) return undefined;
    if (!fed.includes(i)) return g.constant(`c${i}`, t);
    feeds[`x${i}`] = t;
    return g.input(`x${i}`, t.type, t.dims);
  });
  const names = outputs.map((asked, i) => (asked ? `y${i}` : undefined));
  for (const made of g.op(op as string, values, attributes, { outputs: names })) if (made) g.output(made, made.name);
  const model = g.model();
  const shapes = inferShapes(model);
  for (const value of model.graph.outputs) {
    const type = shapes.of(value);
    if (type?.kind === 'tensor' && type.dtype) edit.setType(value, { kind: 'tensor', dtype: type.dtype });
  }
  return { model, feeds };
}

/** Runs the node both ways; expects equal outputs, the inferred shapes (never another rank or extent) and an axis equation that fits, where the op has one. */
export async function judge(each: NodeCase): Promise<void> {
  const { model, feeds } = modelOf(each);
  const seen = await runInOrt(model, feeds);
  const shapes = inferShapes(model);
  const got = each.factsOnly ? undefined : interpret(model.graph, feeds);
  for (const value of model.graph.outputs) {
    if (got) expect(distance(got[value.name]!, seen[value.name]!), value.name).toBeLessThan(each.allowed ?? 1e-5);
    const type = inferred(model, value, shapes);
    expect(type, `the type of ${value.name}`).toEqual({
      dtype: seen[value.name]!.dtype,
      dims: type.dims.map((dim, i) => (typeof dim === 'number' ? seen[value.name]!.dims[i] : dim)),
    });
    expect(type.dims.length).toBe(seen[value.name]!.dims.length);
  }
  const [node] = model.graph.nodes;
  const equation = axesOf(node!, shapes, table, opKey(node!));
  const dimsOf = (value: Value): readonly number[] | undefined => seen[value.name]?.dims ?? feeds[value.name]?.dims ?? value.initializer?.dims;
  if (equation) expect(axesProblem(node!, equation, dimsOf)).toBeUndefined();
}

function inferred(
  model: Model,
  value: Value,
  shapes: ReturnType<typeof inferShapes>,
): { readonly dtype?: string; readonly dims: readonly (number | string)[] } {
  const type = shapes.of(value);
  if (type?.kind !== 'tensor' || !type.shape) throw new Error(`nothing is inferred of ${value.name} of ${model.graph.name}`);
  return { dtype: type.dtype, dims: type.shape };
}
