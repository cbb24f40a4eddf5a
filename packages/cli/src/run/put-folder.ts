// A folder of files put in place as a whole: written aside, then moved in one by one, so that a stop before the end leaves nothing.
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Context } from '../context';
import { fail } from '../errors';

/** A folder, or nothing yet, below a folder that is there. Throws `cli/output-path` before any work. */
export async function checkFolder(context: Context, path: string): Promise<void> {
  const folder = context.path(path);
  const where = { file: path, option: '--out' };
  const found = await stat(folder).catch(() => undefined);
  if (found && !found.isDirectory()) throw fail('output-path', { where }, 'the output is a file, not a folder');
  const above = await stat(dirname(folder)).catch(() => undefined);
  if (!above?.isDirectory()) throw fail('output-path', { where }, 'the folder of the output does not exist');
}

/** `write` fills an empty folder beside the place; then its files go there, each at once, `last` after the others. Files of the same names are replaced, others stay. */
export async function putFolder(context: Context, path: string, last: string, write: (folder: string) => Promise<void>): Promise<void> {
  const place = context.path(path);
  const aside = await mkdtemp(join(dirname(place), `.${basename(place)}-`));
  try {
    await write(aside);
    context.signal.throwIfAborted();
    await mkdir(place, { recursive: true });
    const names = (await readdir(aside)).sort((a, b) => Number(a === last) - Number(b === last));
    for (const name of names) await rename(join(aside, name), join(place, name));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
