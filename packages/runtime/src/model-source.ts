// What a session can be made from, told from what it cannot.
import { whatIs } from '@modeldiet/onnx-io';
import type { ModelSource } from './backend';
import { fail } from './errors';

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null;

/** Throws `runtime/not-a-source`; a path by itself is the likely mistake. */
export function checkSource(source: unknown): asserts source is ModelSource {
  if (source instanceof Uint8Array) return;
  if (isObject(source)) {
    if ('graph' in source && isObject(source.graph)) return;
    if ('path' in source && typeof source.path === 'string') return;
    if ('bytes' in source && source.bytes instanceof Uint8Array && 'externalData' in source && isObject(source.externalData)) return;
  }
  throw fail('not-a-source', { expected: 'a Model, a Uint8Array, { path } or { bytes, externalData }', actual: whatIs(source) });
}
