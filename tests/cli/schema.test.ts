import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, schemaOf } from './schema';

const object = {
  type: 'object',
  required: ['n'],
  properties: { n: { type: 'integer', minimum: 0 }, pair: { $ref: '#/$defs/pair' } },
  $defs: { pair: { type: 'array', items: { type: ['number', 'null'] }, minItems: 2, maxItems: 2 } },
};

describe('the validator of these tests', () => {
  it('accepts what is right and says what is wrong, where', () => {
    expect(check({ n: 1, pair: [0.5, null] }, '', object)).toEqual([]);
    expect(check({ n: -1, pair: ['x'], more: 1 }, '', object)).toEqual([
      '/n: -1 < 0',
      '/pair/0: string, not number or null',
      '/pair: fewer than 2 items',
      ": 'more' is in no schema",
    ]);
    expect(check({}, '', object)).toEqual([": 'n' is missing"]);
    expect(check(2, '', { anyOf: [{ type: 'string' }, { enum: [1] }] })).toHaveLength(2);
    expect(check({ a: 1 }, '', { type: 'object', propertyNames: { pattern: '^b' }, additionalProperties: { type: 'string' } })).toHaveLength(2);
    expect(() => check(1, '', { multipleOf: 2 })).toThrow('multipleOf');
    expect(() => check(1, '', { $ref: '#/$defs/none' })).toThrow('leads nowhere');
  });

  it('knows every keyword of the published schemas', () => {
    const names = readdirSync(join(import.meta.dirname, '../../packages/cli/schemas')).map((file) => file.replace('.json', ''));
    expect(names.sort()).toEqual([
      'bench',
      'compare',
      'diagnose',
      'distill',
      'error',
      'explain',
      'inspect',
      'profile',
      'prune',
      'quantize',
      'results',
      'simplify',
      'train',
    ]);
    const nested = new Set(['items', 'anyOf', 'additionalProperties', 'propertyNames', '$ref', 'enum', 'properties', '$defs']);
    const walk = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return;
      if (Array.isArray(schema)) for (const inner of schema) walk(inner);
      else {
        const { properties, $defs, items, additionalProperties, propertyNames, anyOf, ...own } = schema as Record<string, unknown>;
        check(undefined, '', Object.fromEntries(Object.entries(own).filter(([key]) => !nested.has(key))));
        for (const inner of [...Object.values(properties ?? {}), ...Object.values($defs ?? {}), items, additionalProperties, propertyNames, anyOf]) walk(inner);
      }
    };
    for (const name of names) walk(schemaOf(name));
  });
});
