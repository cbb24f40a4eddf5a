// modeldiet compare: what a second model costs and keeps against a first one.
import { formatCount, formatInterval, formatRatio, formatShare } from '@modeldiet/pipeline';
import type { Context, Outcome } from '../context';
import { fail } from '../errors';
import { openBackend } from '../run/backend';
import { sideBySide, sideBySideText } from '../run/compare';
import { firstBatch, openData } from '../run/feeds';
import { openModel } from '../run/open';
import { type Scored, scorer } from '../run/score';
import type { Verb } from '../verb';
import { bindDims } from '../words/dims';
import { figures, type Requirement, readRequirements, unmet } from '../words/require';
import { type DataOption, type RuntimeOptions, type SeedOption, withData, withRuntime, withSeed } from '../words/shared';

interface Options extends RuntimeOptions, SeedOption, DataOption {
  readonly require?: readonly Requirement[];
}

const scoreText = ({ metric, value, ci95, n }: Scored): string =>
  metric === 'accuracy' ? `${formatShare(value)} (${formatInterval(ci95, 'share')}, n = ${n})` : `${Number(value.toPrecision(6))} (n = ${n})`;

async function run(context: Context, [pathA, pathB]: readonly string[], options: Options): Promise<Outcome> {
  const [a, b] = [await openModel(context, pathA!), await openModel(context, pathB!)];
  const { seed, data, images, require: requirements = [] } = options;
  const backend = await openBackend(context, options);
  const { byPlace: dims } = bindDims(options.dims, a.model);
  const feeds = await openData(context, a.model, { data, dims, seed, images });
  const timed = await firstBatch(feeds.items, 1);
  const shown = await sideBySide(context, { path: a.file }, { path: b.file }, { backend, data: feeds, timed, seed });
  const score = await scorer(context, feeds, backend);
  const accuracy = score && { a: await score({ path: a.file }), b: await score({ path: b.file }) };
  const bytes = { a: a.bytes, b: b.bytes };
  const found = {
    a: pathA!,
    b: pathB!,
    bytes,
    bytesRatio: bytes.b / bytes.a,
    ...shown,
    feeds: feeds.name,
    runtime: backend.runtime,
    ...(accuracy && { accuracy }),
  };
  const missed = unmet(requirements, found);
  const text = [
    `${context.paint.bold(pathB!)} against ${pathA}: ${formatCount(bytes.b)} of ${formatCount(bytes.a)} bytes, ${context.paint.bold(formatRatio(found.bytesRatio))}`,
    context.paint.dim(`on ${feeds.name}${feeds.random ? ` (seed ${seed})` : ''}, ${backend.runtime}`),
    '',
    sideBySideText(shown, context.paint),
    accuracy && `\n${accuracy.a.metric} ${scoreText(accuracy.a)} before, ${scoreText(accuracy.b)} after`,
    requirements.length &&
      !missed.length &&
      `\n${context.paint.green('all requirements hold')}: ${requirements.map((requirement) => requirement.text).join(', ')}`,
  ];
  return {
    json: found,
    text: text.filter((line) => line === '' || line).join('\n'),
    ...(missed.length && { failed: fail('require-failed', { where: { option: '--require' }, actual: missed }, `not met: ${missed.join('; ')}`) }),
  };
}

export const compare: Verb = {
  name: 'compare',
  summary: 'two models on the same inputs: size, every output, speed, accuracy; --require makes it a test',
  examples: [
    { call: 'compare model.onnx small.onnx', says: 'on eight seeded random inputs' },
    { call: 'compare model.onnx small.onnx --data digits', says: 'on labelled data: accuracy of both' },
    { call: "compare a.onnx b.onnx --require 'bytes<=0.3,cosine>=0.99'", says: 'status 1 names what is not met' },
  ],
  define: (command) =>
    void withData(withSeed(withRuntime(command.argument('<a>', 'the original').argument('<b>', 'what became of it')))).option(
      '--require <list>',
      `what must hold: ${Object.entries(figures)
        .map(([name, { says }]) => `${name} (${says})`)
        .join(', ')}`,
      readRequirements,
    ),
  run: (context, command) => run(context, command.args, command.opts<Options>()),
};
