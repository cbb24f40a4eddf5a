// A model to a path, streamed to a temporary file and renamed: at any moment the path holds the old model or the new one, whole.

import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { LongWork, Warning } from '@modeldiet/tensor';
import type { DataFile } from '../external-plan';
import type { Model } from '../ir/model';
import { requireModel } from '../ir/require-model';
import { encodePlanned, type SaveOptions } from '../save';
import { payloadBytes, pieces } from '../wire/write';
import { pathOf, placeFor } from './data-place';
import { makeFolder, makingFiles, type ReplaceOptions, replaceTarget, syncFolder, targetOf, writeAll, writeNew } from './new-file';

export interface WriteOptions extends SaveOptions, LongWork, ReplaceOptions {}

export interface Written {
  /** The model's file. */
  readonly path: string;
  readonly bytes: number;
  /** Data files written, by absolute path, with their bytes. Files that already held the right data are not among them. */
  readonly dataFiles: readonly { readonly path: string; readonly bytes: number }[];
  readonly warnings: readonly Warning[];
}

/**
 * Writes a model. Writing over the file that the model was read from is allowed. External data goes beside it (`model.onnx_data`); a data file that is there
 * already is never overwritten: the new one gets another name, and a warning says so. Throws `onnx-io/write-failed`, `not-a-file`, `too-large`, `external-link`,
 * and what reading the weights throws; on error or abort nothing is left behind.
 */
export async function writeModel(model: Model, path: string, options: WriteOptions = {}): Promise<Written> {
  requireModel(model);
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    options.onWarning?.(warning);
  };
  const work: LongWork = { ...options, onWarning: warn };
  return makingFiles(path, options.signal, async (made) => {
    const target = await targetOf(path);
    const folder = dirname(target);
    const reused = new Set<string>();
    const place = async (file: DataFile): Promise<string> => {
      const at = await placeFor(file, folder);
      if (at.reused) reused.add(at.location);
      if (at.location !== file.location)
        warn({
          code: 'onnx-io/data-file-exists',
          message: `${file.location} is there already and stays: the weights go to ${at.location}`,
          where: { file: pathOf(folder, file.location) },
        });
      return at.location;
    };
    const { plan, encoded } = await encodePlanned(model, options, `${basename(target)}_data`, place);
    const dataFiles: { path: string; bytes: number }[] = [];
    for (const file of plan.files) {
      if (reused.has(file.location)) continue;
      const dataPath = pathOf(folder, file.location);
      await makeFolder(dirname(dataPath), made);
      await writeNew(dataPath, made, (handle) => writeParts(handle, file, work));
      await syncFolder(dirname(dataPath));
      dataFiles.push({ path: dataPath, bytes: file.size });
    }
    await replaceTarget(target, pieces(encoded, work), made, options);
    return { path: target, bytes: encoded.byteLength, dataFiles, warnings };
  });
}

async function writeParts(handle: FileHandle, { parts, size }: DataFile, work: LongWork): Promise<void> {
  await handle.truncate(size);
  for (const { offset, payload } of parts) {
    let at = offset;
    for await (const chunk of payloadBytes(payload, work)) at += await writeAll(handle, chunk, at);
  }
}
