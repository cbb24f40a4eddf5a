// One run of the command line: words in, output on the streams, a status out.

import { resolve } from 'node:path';
import type { Warning } from '@modeldiet/tensor';
import type { Context, Outcome } from './context';
import { interruption } from './interrupt';
import { type Io, processIo } from './io';
import { type CommonOptions, parse, usageText } from './program';
import { errorJson, errorText, statusOf } from './terminal/error-text';
import { paintFor } from './terminal/paint';
import { progressLine } from './terminal/progress';
import { verbs } from './verbs/index';

const jsonText = (value: object): string => `${JSON.stringify(value, (_, x) => (typeof x === 'bigint' ? Number(x) : x), 2)}\n`;

function contextOf(io: Io, options: CommonOptions, signal: AbortSignal): Context {
  const warnings: Warning[] = [];
  const paint = paintFor(io.stdout, io.env);
  const loud = paintFor(io.stderr, io.env);
  const verbosity = options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'normal';
  const progress = progressLine(io.stderr, verbosity !== 'quiet');
  const line = (text: string): void => {
    progress.clear();
    io.stderr.write(`${text}\n`);
  };
  return {
    io,
    paint,
    verbosity,
    signal,
    warnings,
    progress,
    say: (text) => verbosity !== 'quiet' && line(text),
    tell: (text) => verbosity === 'verbose' && line(loud.dim(text)),
    path: (path) => resolve(io.cwd, path),
    work: {
      signal,
      onProgress: (update) => progress.update(update),
      onWarning: (warning) => {
        // Every session of a model says the same again.
        if (warnings.some(({ code, message }) => code === warning.code && message === warning.message)) return;
        warnings.push(warning);
        if (verbosity !== 'quiet') line(`${loud.yellow('warning')}: ${warning.message} ${loud.dim(`[${warning.code}]`)}`);
      },
    },
  };
}

/**
 * Runs `modeldiet` with these words (without node and script) and resolves to the exit status: 0 done, 1 failed, 2 wrong words, 130 stopped.
 * Never rejects and never ends the process, but for a second Ctrl-C.
 * @example
 * process.exitCode = await main(['inspect', 'model.onnx', '--json']);
 */
export async function main(argv: readonly string[], given: Partial<Io> = {}): Promise<number> {
  const io = { ...processIo(), ...given };
  const json = argv.includes('--json');
  const loud = paintFor(io.stderr, io.env);
  const stopping = interruption(io.signal);
  const verbName = verbs.find(({ name }) => name === argv[0])?.name;
  let context: Context | undefined;
  const report = (error: unknown, outcome?: Outcome): number => {
    context?.progress.clear();
    const status = statusOf(error);
    if (json) io.stdout.write(jsonText({ ...outcome?.json, error: errorJson(error) }));
    else if (outcome) io.stdout.write(`${outcome.text}\n`);
    io.stderr.write(`${errorText(error, verbName, loud, argv.includes('--verbose'))}\n`);
    if (status === 2) io.stderr.write(`${usageText(verbName, verbs)}\n`);
    return status;
  };
  try {
    const parsed = parse(argv, verbs);
    if ('help' in parsed) {
      io.stdout.write(parsed.help);
      return 0;
    }
    context = contextOf(io, parsed.command.opts<CommonOptions>(), stopping.signal);
    const outcome = await parsed.verb.run(context, parsed.command);
    context.progress.clear();
    if (outcome.failed) return report(outcome.failed, outcome);
    io.stdout.write(json ? jsonText(outcome.json) : `${outcome.text}\n`);
    return 0;
  } catch (error) {
    return report(error);
  } finally {
    stopping.done();
  }
}
