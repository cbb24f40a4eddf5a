// A JSON Schema validator for the vocabulary that packages/cli/schemas uses; a keyword it does not know is an error, so that no schema is half checked.
// Objects are closed here: what a schema does not name must not be printed, though the published schemas leave room for more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Schema = Readonly<Record<string, unknown>>;

const annotations = new Set(['$schema', '$id', '$defs', 'title', 'description']);
const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

type Keyword = (value: unknown, at: string, schema: Schema, root: Schema) => string[];
const when = (failed: boolean, message: string): string[] => (failed ? [message] : []);

const keywords: Readonly<Record<string, Keyword>> = {
  type: (value, at, { type }) => {
    const allowed = [type].flat() as string[];
    const actual = typeOf(value);
    return when(!allowed.includes(actual) && !(actual === 'integer' && allowed.includes('number')), `${at}: ${actual}, not ${allowed.join(' or ')}`);
  },
  enum: (value, at, schema) => when(!(schema.enum as unknown[]).includes(value), `${at}: ${JSON.stringify(value)} is none of ${JSON.stringify(schema.enum)}`),
  pattern: (value, at, { pattern }) =>
    when(typeof value === 'string' && !new RegExp(pattern as string).test(value), `${at}: '${value}' does not match ${pattern}`),
  minimum: (value, at, { minimum }) => when(typeof value === 'number' && value < (minimum as number), `${at}: ${value} < ${minimum}`),
  maximum: (value, at, { maximum }) => when(typeof value === 'number' && value > (maximum as number), `${at}: ${value} > ${maximum}`),
  exclusiveMinimum: (value, at, schema) =>
    when(typeof value === 'number' && value <= (schema.exclusiveMinimum as number), `${at}: ${value} is not above ${schema.exclusiveMinimum}`),
  minItems: (value, at, { minItems }) => when(Array.isArray(value) && value.length < (minItems as number), `${at}: fewer than ${minItems} items`),
  maxItems: (value, at, { maxItems }) => when(Array.isArray(value) && value.length > (maxItems as number), `${at}: more than ${maxItems} items`),
  items: (value, at, { items }, root) => (Array.isArray(value) ? value.flatMap((item, i) => check(item, `${at}/${i}`, items as Schema, root)) : []),
  required: (value, at, { required }) =>
    isObject(value) ? (required as string[]).filter((key) => !(key in value)).map((key) => `${at}: '${key}' is missing`) : [],
  properties: (value, at, { properties, additionalProperties }, root) => {
    if (!isObject(value)) return [];
    const known = properties as Readonly<Record<string, Schema>>;
    return Object.entries(value).flatMap(([key, inner]) => {
      if (key in known) return check(inner, `${at}/${key}`, known[key]!, root);
      return additionalProperties === undefined && Object.keys(known).length ? [`${at}: '${key}' is in no schema`] : [];
    });
  },
  additionalProperties: (value, at, { additionalProperties, properties = {} }, root) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, inner]) =>
          key in (properties as object) ? [] : check(inner, `${at}/${key}`, additionalProperties as Schema, root),
        )
      : [],
  propertyNames: (value, at, { propertyNames }, root) =>
    isObject(value) ? Object.keys(value).flatMap((key) => check(key, `${at}/${key}`, propertyNames as Schema, root)) : [],
  anyOf: (value, at, { anyOf }, root) => {
    const all = (anyOf as Schema[]).map((schema) => check(value, at, schema, root));
    return all.some((problems) => problems.length === 0) ? [] : all.flat();
  },
  $ref: (value, at, { $ref }, root) => {
    const target = (root.$defs as Readonly<Record<string, Schema>> | undefined)?.[String($ref).replace('#/$defs/', '')];
    if (!target) throw new Error(`${at}: ${$ref} leads nowhere`);
    return check(value, at, target, root);
  },
};

/** What is wrong with `value`, by path; empty when it is valid. Throws for a schema that uses an unknown keyword. */
export function check(value: unknown, at: string, schema: Schema, root: Schema = schema): string[] {
  return Object.keys(schema).flatMap((key) => {
    if (annotations.has(key)) return [];
    const keyword = keywords[key];
    if (!keyword) throw new Error(`the schema uses '${key}', which this validator does not know`);
    return keyword(value, at, schema, root);
  });
}

export const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../packages/cli/schemas/${name}.json`), 'utf8')) as Schema;

/** Problems of a verb's JSON against its published schema. */
export const problemsOf = (json: unknown, name: string): string[] => check(json, '', schemaOf(name));
