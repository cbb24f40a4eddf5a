// Bytes -> Model: scan, decode the structure, link. Weights stay where they are.

import { isModelDietError } from '@modeldiet/numfmt';
import type { LongWork } from '@modeldiet/tensor';
import { modelFrom } from './convert/model';
import { freshDims } from './convert/value-type';
import { fail } from './errors';
import { type ExternalFiles, openExternal } from './external';
import type { Model } from './ir/model';
import { toSource } from './source/blob';
import type { ByteSource, SourceLike } from './source/byte-source';
import { sniff } from './source/sniff';
import { decodeModel } from './wire/codec';
import { type Limits, limitsOf, overLimit } from './wire/limits';
import { type Scan, scan } from './wire/scan';

export interface LoadOptions extends LongWork {
  /** The files that hold a model's external data. Default: none, so a model that needs one is `onnx-io/external-missing`. */
  readonly externalData?: ExternalFiles;
  /** Keep what breaks the rules of a graph (a name defined twice, a name that nothing defines) for `checkModel` to list. Default false: an error. */
  readonly lenient?: boolean;
  /** What a file may ask of the reader. */
  readonly limits?: Partial<Limits>;
}

/**
 * Reads an ONNX model. Opening costs its structure only: weights of bytes in memory are views of them (so the bytes must not be written afterwards), those of
 * other sources are read when asked for. Throws `onnx-io/truncated`, `corrupt`, `not-onnx` (which says what the file is), `no-graph`, `duplicate-name`,
 * `missing-value`, `weight-size`, `over-limit`, `external-missing`, ...
 *
 * @example const model = await loadModel(await file.arrayBuffer());
 */
export async function loadModel(input: SourceLike, options: LoadOptions = {}): Promise<Model> {
  const source = toSource(input);
  const limits = limitsOf(options.limits);
  options.signal?.throwIfAborted();
  if (source.size === 0) throw fail('empty-file', { where: { file: source.name } });
  try {
    return await load(source, limits, options);
  } catch (error) {
    // Only then is it asked what else the file might be, so that no odd but valid model is refused.
    if (isModelDietError(error) && unreadable.has(error.code)) {
      const other = await sniff(source);
      if (other)
        throw fail('not-onnx', { where: { file: source.name }, actual: other.what, cause: error }, `this is ${other.what}, not an ONNX file; ${other.next}`);
    }
    throw error;
  }
}

const unreadable = new Set(['onnx-io/truncated', 'onnx-io/corrupt', 'onnx-io/no-graph', 'onnx-io/over-limit']);

/** Finds the cut of a stand-in field by where it lies in the skeleton, which content cannot imitate. */
export const cutFinder =
  ({ skeleton, cuts }: Scan) =>
  (field: Uint8Array) =>
    field.buffer === skeleton.buffer ? cuts.get(field.byteOffset - skeleton.byteOffset) : undefined;

async function load(source: ByteSource, limits: Limits, { externalData, lenient = false, signal }: LoadOptions): Promise<Model> {
  const scanned = await scan(source, limits);
  signal?.throwIfAborted();
  const message = decodeModel(scanned.skeleton, limits, source.name);
  const external = await openExternal(message, externalData, limits, source.name);
  let nodes = 0;
  return modelFrom(message, {
    source,
    limits,
    external,
    lenient,
    cutAt: cutFinder(scanned),
    fresh: freshDims(),
    countNode: () => {
      if (++nodes > limits.nodes) throw overLimit('nodes', limits, nodes, source.name);
    },
  });
}
