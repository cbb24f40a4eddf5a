// A call of graphBuilder against the schema of its op: does the op exist at this opset, are the inputs and attributes its own.
import { fail } from '../errors';
import { setOpset } from '../ir/edit';
import type { Attribute, Graph, OpKey } from '../ir/model';
import { type OpSchema, schemaOf, schemasOf } from '../schema';
import { newestOpset } from '../schema.generated';
import type { Arg } from './argument';
import { type AttributeArg, toAttribute } from './attribute';

const defaultVersions: Readonly<Record<string, number>> = { 'ai.onnx.ml': 3 };

export function splitKey(key: OpKey): { domain: string; opType: string } {
  const colon = key.lastIndexOf(':');
  const domain = colon < 0 ? '' : key.slice(0, colon);
  return { domain: domain === 'ai.onnx' ? '' : domain, opType: key.slice(colon + 1) };
}

/** The schema of an op at the graph's import of its domain, which is added where it is missing; undefined for a function, and for an op of a domain that has no schemas. Throws `unknown-op`. */
export function schemaIn(graph: Graph, key: OpKey, domain: string, isFunction: boolean): OpSchema | undefined {
  const known = isFunction ? [] : schemasOf(key);
  const opset = graph.opsets.get(domain) ?? Math.max(defaultVersions[domain] ?? 1, known[0]?.since ?? 1);
  const schema = isFunction ? undefined : schemaOf(key, opset);
  const unknown = (words: string | undefined, expected?: unknown) => fail('unknown-op', { where: { opType: key }, expected, actual: `opset ${opset}` }, words);
  if (schema?.deprecated) throw unknown(`the operator is deprecated since opset ${schema.since}`);
  if (!schema && known.length > 0) throw unknown(undefined, `opset ${known[0]!.since} or later`);
  if (!schema && !isFunction && domain !== 'com.microsoft' && domain in newestOpset) throw unknown('no schema has this operator');
  if (!graph.opsets.has(domain)) {
    if (graph.opsets === graph.model.opsets) setOpset(graph.model, domain, opset);
    else (graph.opsets as Map<string, number>).set(domain, opset);
  }
  return schema;
}

export function checkCount(schema: OpSchema, key: OpKey, args: readonly Arg[]): void {
  const variadic = schema.inputs.at(-1)?.option === 'variadic';
  const most = variadic ? Number.POSITIVE_INFINITY : schema.inputs.length;
  const least = schema.inputs.reduce(
    (n, { option, min = 0 }, i) => (option === 'optional' || (option === 'variadic' && min === 0) ? n : i + Math.max(1, min)),
    0,
  );
  const missing = schema.inputs.find(({ option }, i) => option === 'single' && (args[i] === undefined || args[i] === null));
  if (args.length > most || args.length < least || missing)
    throw fail('input-count', {
      where: { opType: key },
      expected: schema.inputs.map(({ name, option }) => name + { single: '', optional: '?', variadic: '...' }[option]).join(', '),
      actual: args.length,
    });
}

export function attributesOf(key: OpKey, schema: OpSchema | undefined, given: Readonly<Record<string, AttributeArg | undefined>>): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const spec = schema?.attributes[name];
    if (schema && !spec) throw fail('unknown-attribute', { where: { opType: key }, expected: Object.keys(schema.attributes), actual: name });
    attributes[name] = toAttribute(value, spec?.kind, { opType: key, name });
  }
  for (const [name, { required }] of Object.entries(schema?.attributes ?? {}))
    if (required && !(name in attributes)) throw fail('missing-attribute', { where: { opType: key }, expected: name });
  return attributes;
}
