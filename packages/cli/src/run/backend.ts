// The runtime, found where the user has it; one row a backend name.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isModelDietError } from '@modeldiet/numfmt';
import { type NodeBackendOptions, nodeBackend } from '@modeldiet/runtime/node';
import type { Context } from '../context';
import type { BackendName } from '../words/shared';

const rows = {
  cpu: { packages: ['onnxruntime-node'] },
  wasm: { packages: ['onnxruntime-web'] },
  webgpu: { packages: ['onnxruntime-node'], executionProviders: ['webgpu'] },
} as const satisfies Record<BackendName, NodeBackendOptions>;

/** A backend with what it takes to open the same in another process. */
export type OpenedBackend = Awaited<ReturnType<typeof nodeBackend>> & { readonly executionProviders?: readonly string[] };

export interface BackendWords {
  readonly backend?: BackendName;
  readonly threads?: number;
}

/** Looks from the user's folder, then from the command line's own. Throws `runtime/no-runtime`, which carries the install line. */
export async function openBackend(context: Context, { backend, threads }: BackendWords): Promise<OpenedBackend> {
  const row: (typeof rows)[BackendName] | undefined = backend && rows[backend];
  const found = await nodeBackend({
    ...row,
    from: [context.io.cwd, dirname(fileURLToPath(import.meta.url))],
    ...(threads && { threads }),
  });
  context.tell(`runs on ${found.runtime} (${found.name}), from ${found.resolved.path}`);
  return row && 'executionProviders' in row ? { ...found, executionProviders: row.executionProviders } : found;
}

/** For what is done only where there is a runtime: undefined where none is installed. One that was asked for by name must be there. */
export async function tryBackend(context: Context, words: BackendWords): Promise<OpenedBackend | undefined> {
  try {
    return await openBackend(context, words);
  } catch (error) {
    if (words.backend === undefined && isModelDietError(error) && error.code === 'runtime/no-runtime') {
      context.tell(error.message);
      return undefined;
    }
    throw error;
  }
}
