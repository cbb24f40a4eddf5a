// The prediction that a loss is put on: the `logits` option, else the only float output of rank 2; what stands behind a Softmax is looked through to its input.
import { type Graph, keyOf, opKey, type Value, visibleValues } from '@modeldiet/onnx-io';
import type { Warning } from '@modeldiet/tensor';
import { isFloat, type Types } from '../emit';
import { fail } from '../errors';

/** Ops between logits and an output that pass the classes on as they are. */
const passes: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Dropout', 'ai.onnx.ml:ZipMap']);
const softmaxes: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax']);

export interface Prediction {
  readonly value: Value;
  readonly warnings: readonly Warning[];
}

const typeOf = (types: Types, value: Value): { dtype?: string; rank?: number; kind?: string } => {
  const type = types.of(value) ?? value.type;
  return type?.kind === 'tensor' ? { kind: 'tensor', dtype: type.dtype, rank: type.shape?.length } : { kind: type?.kind };
};

/** The float tensor an output is made of: itself, or what a ZipMap wraps. */
function tensorOf(types: Types, output: Value): Value | undefined {
  const zip = output.producer && opKey(output.producer) === 'ai.onnx.ml:ZipMap' ? output.producer.inputs[0] : undefined;
  const value = zip ?? output;
  const { dtype, kind } = typeOf(types, value);
  return kind !== undefined && kind !== 'tensor' ? undefined : dtype === undefined || isFloat(dtype) ? value : undefined;
}

function candidate(graph: Graph, types: Types): Value {
  const floats = graph.outputs.flatMap((output) => tensorOf(types, output) ?? []);
  const matrices = floats.filter((value) => typeOf(types, value).rank === 2);
  const unknown = floats.filter((value) => typeOf(types, value).rank === undefined);
  const [only, ...others] = matrices.length ? matrices : unknown;
  if (!only || others.length)
    throw fail('no-logits', { where: { option: 'logits' }, expected: 'one float output of rank 2', actual: graph.outputs.map(({ name }) => name) });
  return only;
}

/** Finds the prediction. `throughSoftmax`: the loss wants logits, so a Softmax (and what only passes it on) is stepped over, and that is said. */
export function findPrediction(graph: Graph, logits: string | undefined, throughSoftmax: boolean, types: Types): Prediction {
  if (logits !== undefined) {
    const value = visibleValues(graph).get(logits);
    if (!value) throw fail('unknown-value', { where: { option: 'logits', value: logits } });
    const { dtype } = typeOf(types, value);
    if (dtype !== undefined && !isFloat(dtype)) throw fail('not-float', { where: { option: 'logits', value: logits }, actual: dtype });
    return { value, warnings: [] };
  }
  const output = candidate(graph, types);
  if (!throughSoftmax) return { value: output, warnings: [] };
  let value = output;
  while (value.producer && passes.has(opKey(value.producer)) && value.producer.inputs[0]) value = value.producer.inputs[0];
  const softmax = value.producer && softmaxes.has(opKey(value.producer)) ? value.producer : undefined;
  if (!softmax?.inputs[0]) return { value: output, warnings: [] };
  const found = softmax.inputs[0];
  const message = `'${output.name}' comes from a ${softmax.opType}; the loss reads its input '${found.name}'`;
  return { value: found, warnings: [{ code: 'train/softmax-input', message, where: { node: keyOf(softmax), opType: softmax.opType, value: found.name } }] };
}
