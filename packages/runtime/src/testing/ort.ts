// For the tests of this package: onnxruntime-node as a backend, and the code an error has.
import { isModelDietError } from '@modeldiet/numfmt';
import * as ort from 'onnxruntime-node';
import type { Backend } from '../backend';
import { fileTrace } from '../node/file-trace';
import { ortBackend } from '../ort/backend';

export const testBackend: Backend = ortBackend(ort, { trace: fileTrace() });

/** The code of what `job` throws or rejects with; the text of what is no error of ours. */
export async function codeOf(job: () => unknown): Promise<string> {
  try {
    await job();
  } catch (e) {
    return isModelDietError(e) ? e.code : `not typed: ${String(e)}`;
  }
  return 'nothing thrown';
}
