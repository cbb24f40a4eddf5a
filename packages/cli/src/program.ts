// The words of the command line: every verb's arguments and options, help with examples, and what commander says of wrong ones, typed.

import { readFileSync } from 'node:fs';
import { Command, type CommanderError, Option } from 'commander';
import { fail } from './errors';
import type { Verb } from './verb';
import { didYouMean } from './words/suggest';

export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export interface Chosen {
  readonly verb: Verb;
  readonly command: Command;
}

/** What parsing the words came to: a verb to run, or text to print. */
export type Parsed = Chosen | { readonly help: string };

/** From the package.json above src or dist. */
const version = (): string => (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

function examplesText({ examples }: Verb): string {
  const width = Math.max(...examples.map(({ call }) => call.length));
  return `\nExamples:\n${examples.map(({ call, says }) => `  $ modeldiet ${call.padEnd(width)}  # ${says}`).join('\n')}\n`;
}

function build(verbs: readonly Verb[], say: (text: string) => void, choose: (chosen: Chosen) => void): Command {
  const program = new Command('modeldiet')
    .description('Puts ONNX models on a diet: inspect, measure, diagnose, quantize, prune, simplify, train, distill, optimize, explain.')
    .version(version(), '-V, --version', 'the version of modeldiet')
    .helpOption('-h, --help', 'this help')
    .helpCommand('help [verb]', 'help for a verb')
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({ writeOut: say, writeErr: () => {}, outputError: () => {} })
    .addHelpText('after', '\nStatus: 0 done, 1 the job failed, 2 the words of the call are off, 130 stopped by Ctrl-C.\n');
  for (const verb of verbs) {
    const command = program.command(verb.name).description(verb.summary).helpOption('-h, --help', 'this help');
    verb.define(command);
    command
      .option('--json', 'print the result, or the error, as one JSON object on stdout, and nothing else there')
      .addOption(new Option('-q, --quiet', 'no notes and no progress on stderr').conflicts('verbose'))
      .option('-v, --verbose', 'more notes, and the stack of an error')
      .addHelpText('after', examplesText(verb))
      .action(() => choose({ verb, command }));
  }
  return program;
}

const isCommanderError = (error: unknown): error is CommanderError => error instanceof Error && 'exitCode' in error && error.message !== '' && 'code' in error;

/** Reads the words. Throws `cli/usage`, `cli/option-value` and what the options' own readers throw. */
export function parse(argv: readonly string[], verbs: readonly Verb[]): Parsed {
  const printed: string[] = [];
  let chosen: Chosen | undefined;
  const program = build(
    verbs,
    (text) => printed.push(text),
    (choice) => (chosen = choice),
  );
  if (argv.length === 0) throw fail('usage', { expected: verbs.map((verb) => verb.name).join(', ') }, 'a verb is missing');
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!isCommanderError(error)) throw error;
    if (error.exitCode === 0) return { help: printed.join('') };
    const unknown = /unknown command '(.*)'/.exec(error.message)?.[1];
    const names = verbs.map((verb) => verb.name);
    if (unknown !== undefined)
      throw fail('usage', { expected: names.join(', '), actual: unknown }, `there is no verb '${unknown}'${didYouMean(unknown, names)}`);
    throw fail('usage', {}, error.message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, ' (did you mean $1?)'));
  }
  return chosen ?? { help: printed.join('') };
}

/** The lines shown with a usage error: of the verb, or of all. */
export function usageText(name: string | undefined, verbs: readonly Verb[]): string {
  const program = build(
    verbs,
    () => {},
    () => {},
  );
  const command = program.commands.find((candidate) => candidate.name() === name);
  const target = command ? `modeldiet ${command.name()}` : 'modeldiet';
  return `usage: ${target} ${(command ?? program).usage()}\n       ${target} --help  tells more`;
}
