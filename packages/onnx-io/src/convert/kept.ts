// What a file says of a graph beyond its values, kept so that an untouched graph saves as it was.
import { type KeptBytes, type KeptGraph, writable } from '../ir/make';
import type { Graph, Value } from '../ir/model';
import { encodeMessage, type TensorAnnotation, type ValueInfoProto } from '../wire/codec';
import type { GraphLike } from './graph-from';
import { infoOf } from './value-info';

/** What the lists of a graph say beyond its values: their order, entries of names that are gone, a second opinion on a value. */
export function keptOf(graph: Graph, message: GraphLike, names: ReadonlyMap<string, Value>, present: number): KeptGraph {
  const inputs = new Set(graph.inputs);
  const primary = new Set<Value>(inputs);
  const raw = (info: ValueInfoProto, value: Value | undefined): KeptBytes => ({
    name: info.name ?? '',
    bytes: encodeMessage('ValueInfoProto', info),
    ...(value && { value, type: value.type }),
  });
  const agrees = (info: ValueInfoProto, value: Value): boolean =>
    sameBytes(encodeMessage('ValueInfoProto', info), encodeMessage('ValueInfoProto', infoOf(value)));
  const entry = (info: ValueInfoProto, value: Value | undefined): Value | KeptBytes => {
    if (!value || value.graph !== graph) return raw(info, value);
    if (!primary.has(value)) {
      primary.add(value);
      return value;
    }
    return agrees(info, value) ? value : raw(info, value);
  };
  const outputs = message.output.map((info, i) => {
    const made = entry(info, graph.outputs[i]);
    return 'bytes' in made ? made : undefined;
  });
  const seen = new Set<Value>();
  const valueInfo = (message.valueInfo ?? []).map((info) => {
    const value = names.get(info.name ?? '');
    const made = value && seen.has(value) ? raw(info, value) : entry(info, value);
    if (value) seen.add(value);
    return made;
  });
  const annotations = (message.quantizationAnnotation ?? []).map((annotation) => annotationFrom(annotation, names));
  return { present, valueInfo, outputs, annotations };
}

function annotationFrom(annotation: TensorAnnotation, names: ReadonlyMap<string, Value>): Value | KeptBytes {
  const value = names.get(annotation.tensorName ?? '');
  const entries = annotation.quantParameterTensorNames ?? [];
  const parameters = new Map(entries.map(({ key = '', value: name = '' }) => [key, names.get(name)]));
  const plain =
    !annotation.$unknowns && entries.every((e) => Object.hasOwn(e, 'key') && Object.hasOwn(e, 'value') && !e.$unknowns) && parameters.size === entries.length;
  if (value && !value.quantization && plain && [...parameters.values()].every(Boolean)) {
    writable(value).quantization = parameters as Map<string, Value>;
    return value;
  }
  return { name: annotation.tensorName ?? '', bytes: encodeMessage('TensorAnnotation', annotation) };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
