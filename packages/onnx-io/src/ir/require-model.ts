// Told from a Model: what callers pass in its place, and what they meant.
import { fail } from '../errors';
import type { Model } from './model';

/** What a value is, and for the likely mistakes what to do instead. */
export function whatIs(x: unknown): string {
  if (typeof x === 'string') return `the string '${x.slice(0, 200)}': a path is read by readModel of @modeldiet/onnx-io/node`;
  if (typeof x !== 'object' || x === null) return String(x);
  if ('then' in x) return 'a Promise: await it';
  if (ArrayBuffer.isView(x) || x instanceof ArrayBuffer) return 'bytes: loadModel makes a model of them';
  if ('model' in x) return 'an object with a model: pass its .model';
  return Array.isArray(x) ? 'an array' : (x.constructor?.name ?? 'an object');
}

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null;

/** Throws `onnx-io/not-a-model`, saying what it was given instead. Every function that takes a model begins with it. */
export function requireModel(model: unknown): asserts model is Model {
  if (!(isObject(model) && 'graph' in model && isObject(model.graph) && 'opsets' in model))
    throw fail('not-a-model', { expected: 'a Model', actual: whatIs(model) });
}
