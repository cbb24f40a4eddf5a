// THE TABLE of size budgets (`npm run sizes`): gzip of the minified bundle, dependencies within the repository and third parties included, runtimes never.
// A row is a promise to a user's page. Raise one only with the reason in the commit message.

const row = (limit, folder, names, entry = 'index') => ({
  name: `${folder === 'cli' ? 'modeldiet' : `@modeldiet/${folder}`}${entry === 'index' ? '' : `/${entry}`} ${names}`,
  path: `../../packages/${folder}/dist/${entry}.js`,
  import: names,
  limit,
  gzip: true,
  ignore: ['node:*', 'onnxruntime-*'],
});

export default [
  row('24 kB', 'numfmt', '*'),
  row('2 kB', 'numfmt', '{ encode, float16 }'),
  row('20 kB', 'tensor', '*'),
  row('60 kB', 'onnx-io', '*'),
  row('60 kB', 'ops', '*'),
  row('90 kB', 'ops', '*', 'reference'),
  row('60 kB', 'data', '*'),
  row('60 kB', 'data', '*', 'digits'),
  row('90 kB', 'data', '*', 'npz'),
  row('10 kB', 'data', '*', 'images'),
  row('80 kB', 'runtime', '*'),
  row('80 kB', 'simplify', '*'),
  row('80 kB', 'quantize', '*'),
  row('80 kB', 'train', '*'),
  row('80 kB', 'profiler', '*'),
  row('120 kB', 'pipeline', '*'),
  row('300 kB', 'report', '*'),
];
