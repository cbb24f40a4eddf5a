// Operator schemas: what onnx.defs says of each operator at each version (and onnxruntime of com.microsoft), as data.
import type { OpKey } from './ir/model';
import { type AttributeSpec, entryOf, type FormalSpec, type ParamRow, schemaKeys, versionsOf } from './schema/unpack';
import { packedContribTypes, packedTypeSets, packedTypes } from './schema.generated';

export interface Formal extends FormalSpec {
  /** A key of `OpSchema.types`, or a type itself: 'int64', 'seq(float32)', 'map(int64,float32)'. */
  readonly type: string;
}
export interface OpSchema {
  readonly since: number;
  readonly deprecated: boolean;
  readonly inputs: readonly Formal[];
  readonly outputs: readonly Formal[];
  /** What each type variable may be: `{ T: ['float32', 'float16', ...] }`. Element types are DTypes (and float6e2m3, float6e3m2). */
  readonly types: Readonly<Record<string, readonly string[]>>;
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
}

// The letters of a type set, in the order that fixtures/make/schema.py gave them.
const letters = 'abcdefghijklmnopqrstuvwxyzAB';
const dtypes =
  /* @__PURE__ */ 'float32 float16 float64 bfloat16 int8 uint8 int16 uint16 int32 uint32 int64 uint64 bool string complex64 complex128 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1 float8e8m0 uint2 int2 float6e2m3 float6e3m2'.split(
    ' ',
  );
const wraps: Readonly<Record<string, (dtype: string) => string>> = {
  S: (dtype) => `seq(${dtype})`,
  O: (dtype) => `optional(${dtype})`,
  Q: (dtype) => `optional(seq(${dtype}))`,
};

// 'abc/Sab': float32, float16, float64, and sequences of the first two; '/=' spells one type out.
function typeSet(packed: string): string[] {
  const [plain, ...groups] = packed.split('/') as [string, ...string[]];
  const named = (text: string): string[] => [...text].map((letter) => dtypes[letters.indexOf(letter)]!);
  return [...named(plain), ...groups.flatMap((group) => (group[0] === '=' ? [group.slice(1)] : named(group.slice(1)).map(wraps[group[0]!]!)))];
}

let sets: readonly (readonly string[])[] | undefined;
const setOf = (index: string): readonly string[] => {
  sets ??= packedTypeSets.split('\n').map(typeSet);
  return sets[Number(index)]!;
};

// A version of the types: 'input types>output types>T=set,U=set', or '=' as the version before.
function withTypes(row: ParamRow, packed: string): OpSchema {
  const [inputs, outputs, constraints] = packed.split('>') as [string, string, string];
  const typed = (formals: readonly FormalSpec[], types: string): Formal[] => {
    const names = types.split(',').map((name) => name.replace('map(int64:', 'map(int64,').replace('map(string:', 'map(string,'));
    return formals.map((formal, i) => ({ ...formal, type: names[i]! }));
  };
  const types: Record<string, readonly string[]> = {};
  for (const constraint of constraints ? constraints.split(',') : []) {
    const [name, index] = constraint.split('=') as [string, string];
    types[name] = setOf(index);
  }
  return { ...row, inputs: typed(row.inputs, inputs), outputs: typed(row.outputs, outputs), types };
}

const decoded = new Map<OpKey, readonly OpSchema[]>();

/** Every version of an operator, oldest first; none for one that has no schema. Keys are 'Conv', 'ai.onnx.ml:Scaler', 'com.microsoft:MatMulNBits'. */
export function schemasOf(key: OpKey): readonly OpSchema[] {
  const known = decoded.get(key);
  if (known) return known;
  const entry = entryOf(key);
  if (!entry) return [];
  const versions = (entry.contrib ? packedContribTypes : packedTypes).split('\n')[entry.line]!.split('\t');
  versions.forEach((version, i) => {
    if (version === '=') versions[i] = versions[i - 1]!;
  });
  const schemas = versionsOf(key).map((row, i) => withTypes(row, versions[i]!));
  decoded.set(key, schemas);
  return schemas;
}

/**
 * The schema of an operator at `opset`, the import of its domain: the newest version not after it. `undefined`: no such operator there.
 *
 * `schemaOf('Squeeze', 13)!.inputs[1]!.name` is 'axes'; at opset 11 it is an attribute.
 */
export const schemaOf = (key: OpKey, opset: number): OpSchema | undefined => schemasOf(key).findLast(({ since }) => since <= opset);

/** Every operator that has a schema. */
export const schemaOps = (): readonly OpKey[] => schemaKeys();
