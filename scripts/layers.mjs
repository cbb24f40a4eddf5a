// The table of the house: which package stands on which floor, and the rules that an import must keep. Data; check-layers.mjs applies it.

/** Floors from the ground up. A package imports any lower floor, and its own floor only along an arrow. */
export const floors = [
  ['numfmt', 'tensor'],
  ['onnx-io', 'ops'],
  ['data', 'runtime'],
  ['simplify', 'quantize', 'prune', 'train', 'distill', 'profiler'],
  ['pipeline', 'report', 'cli'],
];

/** Importer -> what it may import of its own floor. */
export const arrows = {
  tensor: ['numfmt'],
  ops: ['onnx-io'],
  distill: ['train'],
  report: ['pipeline'],
  cli: ['report', 'pipeline'],
};

/** Packages that may use `node:` modules anywhere; the others only in src/node.ts and folders named `node`. */
export const nodeOnly = ['cli'];

/** Modules that few files may import. `only` holds paths below packages/. Tests are free. */
export const reserved = [{ module: /^onnxruntime-/, only: /^cli\/src\//, why: 'a runtime is injected by the caller, only the command line loads one' }];

/** The folder of a package in packages/ is its name; this is the npm name. */
export const npmName = (folder) => (folder === 'cli' ? 'modeldiet' : `@modeldiet/${folder}`);
export const folderOf = (name) => (name === 'modeldiet' ? 'cli' : /^@modeldiet\/([^/]+)$/.exec(name)?.[1]);

export const floorOf = (folder) => floors.findIndex((floor) => floor.includes(folder));

/** Whether package `from` may use package `to`. */
export const allowed = (from, to) => floorOf(to) >= 0 && (floorOf(to) < floorOf(from) || (arrows[from]?.includes(to) ?? false));
