// A model above 2 GiB on its way to the runtime: no buffer holds it, so it goes through a file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModel } from '@modeldiet/onnx-io/node';
import type { Spill } from '../ort/source';

/** Writes the model with its weights as external data into a temporary folder; `remove` deletes the folder. */
export const tempModel: Spill = async (model, work) => {
  const folder = await mkdtemp(join(tmpdir(), 'modeldiet-model-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'model.onnx');
    await writeModel(model, path, { ...work, externalData: true });
    return { path, remove };
  } catch (e) {
    await remove();
    throw e;
  }
};
