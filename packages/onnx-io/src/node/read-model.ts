// A model from a path: its weights, and those of its data files, are read when asked for.
import { resolve } from 'node:path';
import { writable } from '../ir/make';
import type { Model } from '../ir/model';
import { type LoadOptions, loadModel } from '../load';
import { dataFiles } from './data-files';
import { fileSource } from './file-source';

export interface ReadOptions extends LoadOptions {
  /** Links to data files are followed when they lead below this folder. Default: links are refused. */
  readonly linkRoot?: string;
}

/**
 * Opens an ONNX file; costs its structure only. `model.origin` is its path until the first edit. Throws what `loadModel` throws, and
 * `onnx-io/not-found`, `not-a-file`, `read-failed`, `external-link`.
 */
export async function readModel(path: string, { linkRoot, externalData, ...options }: ReadOptions = {}): Promise<Model> {
  const model = await loadModel(await fileSource(path), { ...options, externalData: externalData ?? dataFiles(path, linkRoot) });
  writable(model).origin = { path: resolve(path) };
  return model;
}
