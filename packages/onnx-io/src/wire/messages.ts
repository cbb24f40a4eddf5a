// The messages of onnx.proto as the codec walks them: field number -> name, type, and how often.
import { type Messages, packedMessages } from '../onnx.generated';

export type MessageName = keyof Messages;
export type Scalar = 'int32' | 'int64' | 'uint64' | 'float' | 'double' | 'string' | 'bytes';

export interface Field {
  readonly number: number;
  readonly name: string;
  /** Absent: a message. */
  readonly scalar?: Scalar;
  readonly message?: MessageName;
  /** Of one value. */
  readonly wireType: number;
  /** What stands before one value: `number << 3 | wireType`. */
  readonly tag: number;
  readonly repeated: boolean;
  /** Written as one run of numbers. Both ways are read. */
  readonly packed: boolean;
  /** Of an enum: what it knows. Other numbers are kept as unknown bytes, as protobuf 2 asks. */
  readonly values?: ReadonlySet<number>;
}
export interface Fields {
  /** In order of their numbers. */
  readonly all: readonly Field[];
  readonly byNumber: readonly (Field | undefined)[];
}

const wireTypes: Readonly<Record<Scalar, number>> = { int32: 0, int64: 0, uint64: 0, float: 5, double: 1, string: 2, bytes: 2 };
const isScalar = (type: string): type is Scalar => Object.hasOwn(wireTypes, type);

/** `5 initializer TensorProto*`: number, name, type; `*` repeated, `+` repeated and packed, `=0,1` the values of an enum. No regular expression: it would take longer to compile than the table to read. */
function fieldOf(text: string): Field {
  const [number, name, kind] = text.split(' ') as [string, string, string];
  const values = kind.startsWith('=') ? new Set(kind.slice(1).split(',').map(Number)) : undefined;
  const repeated = kind.endsWith('*') || kind.endsWith('+');
  const type = repeated ? kind.slice(0, -1) : kind;
  const scalar = values ? 'int32' : isScalar(type) ? type : undefined;
  const wireType = scalar ? wireTypes[scalar] : 2;
  return {
    number: Number(number),
    name,
    scalar,
    message: scalar ? undefined : (type as MessageName),
    wireType,
    tag: Number(number) * 8 + wireType,
    repeated,
    packed: kind.endsWith('+'),
    values,
  };
}

const parsed = new Map<MessageName, Fields>();

/** The fields of a message. */
export function fieldsOf(name: MessageName): Fields {
  const known = parsed.get(name);
  if (known) return known;
  const all = packedMessages[name].split('\n').map(fieldOf);
  const byNumber: (Field | undefined)[] = new Array(all.at(-1)!.number + 1).fill(undefined);
  for (const field of all) byNumber[field.number] = field;
  const fields = { all, byNumber };
  parsed.set(name, fields);
  return fields;
}
