// A model from a path: its weights, and those of its data files, are read when asked for.
import { resolve } from 'node:path';
import { writable } from '../ir/make';
import type { Model } from '../ir/model';
import { type LoadOptions, loadModel } from '../load';
import { dataFiles } from './data-files';
import { type FileSourceOptions, fileSource } from './file-source';

export interface ReadOptions extends LoadOptions, Pick<FileSourceOptions, 'wholeBytes'> {
  /** Links to data files are followed when they lead below this folder. Default: links are refused. */
  readonly linkRoot?: string;
}

/**
 * Opens an ONNX file. One above 16 MiB (`wholeBytes`) costs its structure only, a smaller one is read whole. `model.origin` is its path until the first edit. Throws what `loadModel` throws, and
 * `onnx-io/not-found`, `not-a-file`, `read-failed`, `external-link`.
 */
export async function readModel(path: string, { linkRoot, wholeBytes, externalData, ...options }: ReadOptions = {}): Promise<Model> {
  const source = await fileSource(path, { wholeBytes });
  const model = await loadModel(source, { ...options, externalData: externalData ?? dataFiles(path, linkRoot) });
  writable(model).origin = { path: resolve(path), check: source.check };
  return model;
}
