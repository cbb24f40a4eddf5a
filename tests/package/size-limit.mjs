// THE TABLE of size budgets (`npm run sizes`): gzip of the minified bundle, dependencies within the repository and third parties included, runtimes never.
// A row is a promise to a user's page. Raise one only with the reason in the commit message.

/** The tsconfig of the repository would lead the packages to each other's sources; a user's page has none of it. */
const modifyEsbuildConfig = (config) => ({ ...config, tsconfigRaw: '{}' });

const row = (limit, folder, names, entry = 'index') => ({
  name: `${folder === 'cli' ? 'modeldiet' : `@modeldiet/${folder}`}${entry === 'index' ? '' : `/${entry}`} ${names}`,
  path: `../../packages/${folder}/dist/${entry}.js`,
  import: names,
  limit,
  gzip: true,
  ignore: ['node:*', 'onnxruntime-*'],
  modifyEsbuildConfig,
});

const app = {
  name: 'a page with loadModel and quantizeDynamic',
  path: '../../packages/quantize/dist/index.js',
  import: { '../../packages/onnx-io/dist/index.js': '{ loadModel }', '../../packages/quantize/dist/index.js': '{ quantizeDynamic }' },
  limit: '80 kB',
  gzip: true,
  ignore: ['node:*', 'onnxruntime-*'],
  modifyEsbuildConfig,
};

export default [
  app,
  row('2 kB', 'numfmt', '{ encode, float16 }'),
  row('1 kB', 'onnx-io', '{ keyOf }'),
  row('24 kB', 'onnx-io', '{ loadModel }'),
  row('24 kB', 'numfmt', '*'),
  row('20 kB', 'tensor', '*'),
  row('80 kB', 'onnx-io', '*'),
  row('56 kB', 'ops', '*'),
  row('56 kB', 'ops', '*', 'reference'),
  row('30 kB', 'data', '*'),
  row('55 kB', 'data', '*', 'digits'),
  row('90 kB', 'data', '*', 'npz'),
  row('8 kB', 'data', '*', 'images'),
  row('150 kB', 'runtime', '*'),
  row('145 kB', 'runtime', '*', 'conformance'),
  row('124 kB', 'simplify', '*'),
  row('95 kB', 'quantize', '*'),
  row('70 kB', 'prune', '*'),
  row('95 kB', 'train', '*'),
  row('100 kB', 'distill', '*'),
  row('80 kB', 'profiler', '*'),
  row('90 kB', 'pipeline', '{ compareVariants }'),
  // optimize may call every transform and the training of the house.
  row('215 kB', 'pipeline', '*'),
  row('200 kB', 'report', '*'),
  {
    name: 'modeldiet, its own code',
    path: '../../packages/cli/dist/index.js',
    limit: '30 kB',
    gzip: true,
    modifyEsbuildConfig: (config) => ({ ...modifyEsbuildConfig(config), platform: 'node', format: 'esm', packages: 'external' }),
  },
];
