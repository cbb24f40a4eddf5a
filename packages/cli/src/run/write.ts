// Writing a model: beside its place, tried, and only then put in place.
import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Model } from '@modeldiet/onnx-io';
import { writeModel } from '@modeldiet/onnx-io/node';
import type { Command } from 'commander';
import type { Context } from '../context';
import { fail } from '../errors';
import { openModel } from './open';
import type { Tried } from './try-out';

export interface VerifyOption {
  /** true: --verify, false: --no-verify, undefined: neither. */
  readonly verify?: boolean;
}
export const withVerify = (command: Command): Command =>
  command
    .option('--verify', 'open and run the written file before it is put in place, even above 256 MB')
    .option('--no-verify', 'put the written file in place without trying it');

/** Files above this are tried only when asked: opening them may take longer than making them. */
export const verifyUpTo = 256e6;

/** Throws `cli/output-path` before any work, so that a slip of the pen does not cost an hour's work. */
export async function checkOutput(context: Context, path: string): Promise<void> {
  const file = context.path(path);
  const where = { file: path };
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw fail('output-path', { where }, 'the output is a folder, not a file');
  if (found && !found.isFile()) throw fail('output-path', { where }, 'the output is not a regular file');
  const folder = await stat(dirname(file)).catch(() => undefined);
  if (!folder?.isDirectory()) throw fail('output-path', { where }, 'the folder of the output does not exist');
}

export interface Written extends Tried {
  /** As the user wrote it. */
  readonly path: string;
  /** As {@link openModel} counts them. */
  readonly bytes: number;
}

export interface WriteRequest {
  readonly model: Model;
  readonly path: string;
  readonly verify: boolean | undefined;
  /** Tries the finished file; undefined where there is no runtime. A rejection leaves everything as it was. */
  readonly tryOut: ((file: string) => Promise<Tried>) | undefined;
}

export async function writeTried(context: Context, { model, path, verify, tryOut }: WriteRequest): Promise<Written> {
  let tried: Tried = { verified: 'no', ...(verify === false && { note: '--no-verify' }) };
  const check = async (file: string): Promise<void> => {
    if (verify === false) return;
    const { size } = await stat(file);
    if (!tryOut) tried = { verified: 'no', note: 'no runtime is installed (npm install onnxruntime-node)' };
    else if (size > verifyUpTo && !verify) tried = { verified: 'no', note: 'above 256 MB it is tried only with --verify' };
    else tried = await tryOut(file);
  };
  await writeModel(model, context.path(path), { ...context.work, verify: check });
  const { bytes } = await openModel(context, path);
  return { path, bytes, ...tried };
}

/** A text file put in place at once: beside its place first. */
export async function writeWhole(context: Context, path: string, text: string): Promise<void> {
  const file = context.path(path);
  const aside = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(aside, text, { signal: context.signal });
    await rename(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
}
