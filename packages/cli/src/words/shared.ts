// Options that several verbs share, each defined once: what they are called, how they are read, what help says.
import { cpu, type Target, wasm, webgpu } from '@modeldiet/runtime';
import type { Command } from 'commander';
import { type DimWords, dimWords } from './dims';
import { type ImageWords, imagesHelp, imageWords } from './images';
import { collect, integer, oneOf } from './options';
import { pattern } from './patterns';

export const backendNames = ['cpu', 'wasm', 'webgpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** Where a model will run, as --target names it. */
export const targets = { cpu, wasm, webgpu } as const satisfies Record<string, () => Target>;
export type TargetName = keyof typeof targets;

export interface DimsOption {
  readonly dims?: DimWords;
}
export const withDims = (command: Command): Command =>
  command.option('--dims <name=n,...>', 'extents of symbolic dims (batch=1,seq=128), or of a whole input (x=1x3x48x320)', dimWords);

export interface RuntimeOptions extends DimsOption {
  readonly backend?: BackendName;
  readonly threads: number;
}
/** For verbs that run models. */
export const withRuntime = (command: Command): Command =>
  withDims(command)
    .option(
      '--backend <name>',
      `where to run: ${backendNames.join(', ')} (default: cpu with onnxruntime-node, else wasm with onnxruntime-web)`,
      oneOf('--backend', backendNames),
    )
    .option('--threads <n>', 'threads of the runtime', integer('--threads', { min: 1, max: 1024 }), 1);

export interface SeedOption {
  readonly seed: number;
}
export const withSeed = (command: Command): Command => command.option('--seed <n>', 'seeds everything drawn at random', integer('--seed', { min: 0 }), 0);

export interface SelectOptions {
  readonly include?: readonly (string | RegExp)[];
  readonly exclude?: readonly (string | RegExp)[];
}
/** For transforms. */
export const withSelection = (command: Command): Command =>
  command
    .option('--include <regex|opType>', 'only these nodes, by op type, address or regular expression; may be repeated', collect(pattern('--include')))
    .option('--exclude <regex|opType>', 'all but these nodes; may be repeated', collect(pattern('--exclude')));

export interface ImagesOption {
  /** How images of a folder become an input. */
  readonly images?: ImageWords;
}
export const withImages = (command: Command): Command => command.option('--images <list>', imagesHelp, imageWords);

export interface DataOption extends ImagesOption {
  readonly data?: string;
}
export const dataHelp = 'a .csv, .jsonl or .npz file, a folder of images, digits, random:N, or ./feeds.mjs (default export: an iterable of feeds)';
export const withData = (command: Command): Command => withImages(command.option('--data <d>', dataHelp));
