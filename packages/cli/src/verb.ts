// What a verb is: its words, examples, and what it does. One verb a file in verbs/, one line in verbs/index.ts.
import type { Command } from 'commander';
import type { Context, Outcome } from './context';

export interface Example {
  readonly call: string;
  readonly says: string;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly Example[];
  /** Arguments and options beside those every verb has. */
  define(command: Command): void;
  /** `command.args` are the arguments, `command.opts()` the options. */
  run(context: Context, command: Command): Promise<Outcome>;
}
