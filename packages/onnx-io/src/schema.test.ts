// The packed schemas against what onnx.defs says unpacked (fixtures/make/schema_golden.py).
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Attribute } from './ir/model';
import { type Formal, type OpSchema, schemaOf, schemaOps, schemasOf } from './schema';
import { newestOpset } from './schema.generated';

type GoldenFormal = readonly [name: string, option: string, min: number | null, homogeneous: boolean, types: readonly string[]];
type Golden = readonly [
  domain: string,
  name: string,
  since: number,
  deprecated: boolean,
  inputs: readonly GoldenFormal[],
  outputs: readonly GoldenFormal[],
  attributes: Readonly<Record<string, readonly [kind: string, required: boolean, initial: unknown]>>,
];
const [head, ...rows] = gunzipSync(readFileSync(new URL('../../../fixtures/golden/schemas.txt.gz', import.meta.url)))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as unknown);
const golden = rows as readonly Golden[];

const kinds: Readonly<Record<string, string>> = {
  SPARSE_TENSOR: 'tensor',
  TYPE_PROTO: 'type',
};
const kindOf = (name: string): string => kinds[name] ?? name.toLowerCase();
const ours = (type: string): string => type.replace(/tensor\(float\)/g, 'tensor(float32)').replace(/tensor\(double\)/g, 'tensor(float64)');
const plain = (type: string): string =>
  ours(type.replaceAll(',float)', ',tensor(float))').replaceAll(',double)', ',tensor(double))'))
    .replaceAll('sparse_tensor', 'SPARSE')
    .replace(/(?<!SPARSE)\btensor\((\w+)\)/g, '$1')
    .replaceAll('SPARSE', 'sparse_tensor')
    .replace(/sparse_tensor\(double\)/, 'sparse_tensor(float64)')
    .replace(/sparse_tensor\(float\)/, 'sparse_tensor(float32)');

const formalsOf = (schema: OpSchema, formals: readonly Formal[]): unknown =>
  formals.map((f) => [f.name, f.option, f.min ?? null, !f.mixed, [...new Set(schema.types[f.type] ?? [f.type])].sort()]);
const goldenFormals = (formals: readonly GoldenFormal[]): unknown =>
  formals.map(([name, option, min, same, types]) => [name, option, min, same, [...new Set(types.map(plain))].sort()]);
const plainDefault = (a: Attribute | undefined): unknown => {
  if (!a) return null;
  if (a.kind === 'string') return new TextDecoder().decode(a.value);
  if (a.kind === 'strings') return a.value.map((s) => new TextDecoder().decode(s));
  return a.value;
};

test('the golden is of the version the schemas come from', () => {
  expect(head).toMatchObject({ version: '1.23.2', rows: golden.length });
  expect(golden.length).toBe(659);
});

test('every version of every operator reads as onnx.defs has it', () => {
  for (const [domain, name, since, deprecated, inputs, outputs, attributes] of golden) {
    const key = domain ? `${domain}:${name}` : name;
    const schema = schemaOf(key, since);
    expect(schema?.since, key).toBe(since);
    expect(schema!.deprecated, key).toBe(deprecated);
    expect(formalsOf(schema!, schema!.inputs), `${key}-${since} inputs`).toEqual(goldenFormals(inputs));
    expect(formalsOf(schema!, schema!.outputs), `${key}-${since} outputs`).toEqual(goldenFormals(outputs));
    const found = Object.fromEntries(Object.entries(schema!.attributes).map(([k, a]) => [k, [a.kind, a.required, plainDefault(a.default)]]));
    expect(found, `${key}-${since} attributes`).toEqual(
      Object.fromEntries(Object.entries(attributes).map(([k, [kind, required, initial]]) => [k, [kindOf(kind), required, initial]])),
    );
  }
});

test('nothing is there that onnx.defs does not have, but com.microsoft', () => {
  const known = new Set(golden.map(([domain, name]) => (domain ? `${domain}:${name}` : name)));
  const standard = schemaOps().filter((key) => !key.startsWith('com.microsoft:'));
  expect(standard.length).toBe(known.size);
  expect(standard.reduce((n, key) => n + schemasOf(key).length, 0)).toBe(golden.length);
  expect(schemaOps().length).toBeGreaterThan(standard.length + 100);
});

test('the opset picks the version', () => {
  expect(schemaOf('Squeeze', 11)!.attributes.axes?.kind).toBe('ints');
  expect(schemaOf('Squeeze', 13)!.inputs[1]).toMatchObject({ name: 'axes', option: 'optional', type: 'int64' });
  expect(schemaOf('Squeeze', 28)!.since).toBeGreaterThan(13);
  expect(schemaOf('Gelu', 19)).toBeUndefined();
  expect(schemaOf('NoSuchOp', 21)).toBeUndefined();
  expect(newestOpset['']).toBe(28);
});

test('com.microsoft: names, defaults and types', () => {
  const schema = schemaOf('com.microsoft:MatMulNBits', 1)!;
  expect(schema.inputs.map(({ name }) => name)).toEqual(['A', 'B', 'scales', 'zero_points', 'g_idx', 'bias']);
  expect(schema.attributes.bits).toEqual({ kind: 'int', required: false, default: { kind: 'int', value: 4 } });
  expect(schema.attributes.K?.required).toBe(true);
  expect(schema.types.T1).toContain('float16');
});
