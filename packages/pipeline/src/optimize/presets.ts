// Presets: budgets of places where models run, with what to try first there. A preset is a row.
import { cpu, type Target, wasm } from '@modeldiet/runtime';
import type { Budget, RuntimeFiles } from './budget';
import type { TechniqueName } from './techniques';

export interface Preset {
  readonly says: string;
  readonly budget: Budget;
  /** Techniques before all others, in this order. */
  readonly tryFirst: readonly TechniqueName[];
  readonly threads?: number;
  readonly target?: () => Target;
  /** What is downloaded with the model, where a page does that. */
  readonly runtimeFiles?: RuntimeFiles;
}

/** ort-wasm-simd-threaded.wasm of the npm package, gzip at its default level; `webRuntimeFiles` of `./node` measures the one that is installed. */
export const onnxruntimeWeb: RuntimeFiles = { name: 'onnxruntime-web 1.30.0', bytes: 14_239_897, gzipBytes: 3_678_426 };

/** THE TABLE. */
export const presets = {
  mobile: {
    says: 'an app on a phone: 50 MB, 50 ms a run',
    budget: { sizeBytes: 50e6, latencyMs: 50 },
    tryFirst: ['int8', 'static int8', 'pruned 30 %, tuned', 'pruned 30 %'],
  },
  edge: {
    says: 'a small device: 10 MB, one thread',
    budget: { sizeBytes: 10e6 },
    tryFirst: ['int8', 'static int8', 'pruned 30 % + int8'],
    threads: 1,
  },
  cloud: {
    says: 'a server: 100 ms a run',
    budget: { latencyMs: 100 },
    tryFirst: ['simplify', 'float16'],
  },
  laptop: {
    says: 'a laptop of 16 GB: model, runtime and values within its memory',
    budget: { memoryBytes: 16e9 },
    tryFirst: ['int4 weights', 'int8'],
  },
  web: {
    says: 'a page: at most 10 MB to download, the runtime included; no file over 25 MiB, the most that a static host such as Cloudflare Pages takes',
    budget: { downloadBytes: 10e6, largestFileBytes: 25 * 2 ** 20 },
    tryFirst: ['int8', 'simplify + int8'],
    target: wasm,
    runtimeFiles: onnxruntimeWeb,
  },
} as const satisfies Record<string, Preset>;
export type PresetName = keyof typeof presets;

export const presetRow = (name: PresetName): Preset => presets[name];
export const targetOf = (preset: Preset | undefined): Target => preset?.target?.() ?? cpu();
