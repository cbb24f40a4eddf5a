// doc_string, metadata_props and the fields this schema does not name, which every message of onnx.proto may have.
import { noExtra } from '../ir/make';
import type { Extra } from '../ir/model';
import { encodeMessage, rawField, type StringStringEntryProto } from '../wire/codec';

export interface ExtraMessage {
  docString?: string;
  metadataProps?: StringStringEntryProto[];
  $unknowns?: Uint8Array[];
}

const has = (message: object, key: string): boolean => Object.hasOwn(message, key);
const nothing: ReadonlyMap<string, string> = new Map();
const none: readonly Uint8Array[] = [];

/**
 * `metadataField` is the number of metadata_props in this message: what a Map cannot hold (a key twice, an entry without value) goes on as raw bytes.
 * `unknown` are the message's unknown fields, where not all of $unknowns are.
 */
export function extraFrom(message: ExtraMessage, metadataField?: number, unknown: readonly Uint8Array[] = message.$unknowns ?? none): Extra {
  const documented = has(message, 'docString');
  if (!unknown.length && !message.metadataProps?.length && !documented) return noExtra;
  const { metadata, odd } = message.metadataProps?.length ? entriesFrom(message.metadataProps, metadataField) : { metadata: nothing, odd: none };
  const all = odd.length ? [...odd, ...unknown] : unknown;
  return documented ? { doc: message.docString!, metadata, unknown: all } : { metadata, unknown: all };
}

function entriesFrom(entries: readonly StringStringEntryProto[], field = 0): { metadata: ReadonlyMap<string, string>; odd: Uint8Array[] } {
  const metadata = new Map<string, string>();
  const odd: Uint8Array[] = [];
  for (const entry of entries) {
    const { key, value } = entry;
    if (has(entry, 'key') && has(entry, 'value') && !entry.$unknowns && !metadata.has(key!)) metadata.set(key!, value!);
    else odd.push(rawField(field, encodeMessage('StringStringEntryProto', entry)));
  }
  return { metadata, odd };
}

/** A list of key and value as a Map, for messages where a repeated key has no meaning; the last one counts. */
export const bindingsFrom = (entries: readonly StringStringEntryProto[] = []): Map<string, string> =>
  new Map(entries.map(({ key = '', value = '' }) => [key, value]));

export const entriesTo = (map: ReadonlyMap<string, string>): StringStringEntryProto[] => [...map].map(([key, value]) => ({ key, value }));

/** Writes an Extra into a message. */
export function extraTo(message: ExtraMessage, { doc, metadata, unknown }: Extra): void {
  if (doc !== undefined) message.docString = doc;
  if (metadata.size) message.metadataProps = entriesTo(metadata);
  if (unknown.length) message.$unknowns = [...unknown];
}

/** Bit i is set when field i was written although it holds the default. */
export function presentBits(message: object, fields: readonly string[]): number {
  let bits = 0;
  for (let i = 0; i < fields.length; i++) {
    const value = (message as Record<string, unknown>)[fields[i]!];
    if ((value === '' || value === 0) && has(message, fields[i]!)) bits |= 1 << i;
  }
  return bits;
}

/** Sets the fields that hold something, or that the file wrote although they hold nothing. */
export function presentTo<T extends object, K extends keyof T & string>(message: T, fields: readonly K[], values: { readonly [F in K]: T[F] }, bits = 0): void {
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    const value = values[field];
    if ((value !== '' && value !== 0 && value !== undefined) || bits & (1 << i)) message[field] = value;
  }
}
