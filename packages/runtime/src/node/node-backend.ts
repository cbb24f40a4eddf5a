// The backend most Node programs want: ONNX Runtime found, traced through files, and no model too large.

import type { Backend } from '../backend';
import { type OrtBackendOptions, ortBackend } from '../ort/backend';
import { fileTrace } from './file-trace';
import { type ResolvedOrt, type ResolveOrtOptions, resolveOrt } from './resolve-ort';
import { tempModel } from './temp-model';

export interface NodeBackendOptions extends OrtBackendOptions, ResolveOrtOptions {
  /** An ONNX Runtime already at hand; default {@link resolveOrt}. */
  readonly resolved?: ResolvedOrt;
}

/** `ortBackend` for Node with `fileTrace` and `tempModel`. Throws `runtime/no-runtime`. */
export async function nodeBackend(options: NodeBackendOptions = {}): Promise<Backend & { readonly resolved: ResolvedOrt }> {
  const { resolved: given, from, packages, ...rest } = options;
  const resolved = given ?? (await resolveOrt({ from, packages }));
  return { ...ortBackend(resolved.ort, { trace: fileTrace(), spill: tempModel, ...rest }), resolved };
}
