// Finds ONNX Runtime where the user has it: from their folder first, then from this package's own place.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isModelDietError } from '@modeldiet/numfmt';
import { fail } from '../errors';
import type { OrtModule } from '../ort/module';

export interface ResolvedOrt {
  readonly ort: OrtModule;
  /** The package: 'onnxruntime-node' or 'onnxruntime-web'. */
  readonly name: 'onnxruntime-node' | 'onnxruntime-web';
  readonly version: string;
  /** The file that was imported. */
  readonly path: string;
}

export interface ResolveOrtOptions {
  /** Folders to resolve from, in order; default the current folder. This package's own place comes last. */
  readonly from?: string | readonly string[];
  /** Only these, in this order; default onnxruntime-node, then onnxruntime-web. */
  readonly packages?: readonly ResolvedOrt['name'][];
}

const install = 'npm install onnxruntime-node';

/** The version in the package.json above `entry` whose name is `name`. */
function versionOf(entry: string, name: string): string {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name: found, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string };
      if (found === name && version) return version;
    } catch {
      // No package.json here: look above.
    }
  }
  return 'unknown';
}

/** This file's own place, in ESM, CJS and from sources. */
const here = typeof __filename === 'string' ? __filename : import.meta.url;

const interop = (loaded: OrtModule & { readonly default?: OrtModule }): OrtModule => (loaded.InferenceSession ? loaded : (loaded.default ?? loaded));

/**
 * Imports ONNX Runtime as the user's project has it. Throws `runtime/no-runtime`, which carries the install line, when there is none; a runtime that is
 * there and cannot be loaded (a missing system library) is `runtime/no-runtime` with its cause.
 */
export async function resolveOrt(options: ResolveOrtOptions = {}): Promise<ResolvedOrt> {
  const folders = typeof options.from === 'string' ? [options.from] : (options.from ?? [process.cwd()]);
  const places = [...folders.map((folder) => join(resolve(folder), 'noop.js')), here];
  const tried: string[] = [];
  for (const name of options.packages ?? (['onnxruntime-node', 'onnxruntime-web'] as const))
    for (const place of places) {
      let path: string;
      try {
        path = createRequire(place).resolve(name);
      } catch {
        continue;
      }
      try {
        const ort = interop((await import(pathToFileURL(path).href)) as OrtModule);
        return { ort, name, version: versionOf(path, name), path };
      } catch (cause) {
        if (isModelDietError(cause)) throw cause;
        tried.push(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
    }
  if (tried.length) throw fail('no-runtime', { actual: tried }, `ONNX Runtime is installed but cannot be loaded; reinstall with: ${install}`);
  throw fail('no-runtime', { actual: `looked from ${places.join(', ')}` }, `no ONNX Runtime is installed; install it with: ${install}`);
}
