// safetensors files on disk: opened lazily, written whole or not at all.
import type { Weight } from '@modeldiet/tensor';
import { loadSafetensors, type Safetensors, type SafetensorsOptions } from '../safetensors/load';
import { planSafetensors, type SaveSafetensorsOptions, safetensorsChunks } from '../safetensors/save';
import { fileSource } from './file-source';
import { makingFiles, replaceTarget, targetOf } from './new-file';

/** Opens a safetensors file; costs its header only. Throws what `loadSafetensors` throws, and `onnx-io/not-found`, `not-a-file`, `read-failed`. */
export const readSafetensors = async (path: string, options?: SafetensorsOptions): Promise<Safetensors> => loadSafetensors(await fileSource(path), options);

/** Writes weights to a safetensors file, one in memory at a time. Throws `onnx-io/safetensors-dtype`, `write-failed`; nothing is left behind. */
export async function writeSafetensors(
  weights: ReadonlyMap<string, Weight>,
  path: string,
  options: SaveSafetensorsOptions = {},
): Promise<{ readonly path: string; readonly bytes: number }> {
  const plan = planSafetensors(weights, options.metadata);
  return makingFiles(path, options.signal, async (made) => {
    const target = await targetOf(path);
    await replaceTarget(target, safetensorsChunks(plan, options), made, options);
    return { path: target, bytes: plan.byteLength };
  });
}
