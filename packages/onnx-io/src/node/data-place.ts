// Where the data files of a model that is written go. A file that is there is never overwritten: another model may need it.
import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail } from '../errors';
import type { DataFile } from '../external-plan';
import type { Range } from '../payload';

export const pathOf = (folder: string, location: string): string => join(folder, ...location.split('/'));

export interface Place {
  readonly location: string;
  /** The file is there already and holds these very bytes at these places. */
  readonly reused: boolean;
}

/** The file's own location when that is free or holds its bytes, else the next free name (`model-1.onnx_data`). Throws `onnx-io/external-link`, `source-changed`. */
export async function placeFor(file: DataFile, folder: string): Promise<Place> {
  const { location } = file;
  await refuseLinks(folder, location);
  const ranges = inPlace(file, pathOf(folder, location));
  if (ranges) {
    // An empty read is enough for a source to see that it changed.
    for (const { source, offset } of ranges) await source.read(offset, 0);
    return { location, reused: true };
  }
  for (let n = 0; ; n++) {
    const candidate = n === 0 ? location : location.replace(/(\.[^./]*)?$/, (tail) => `-${n}${tail}`);
    if (!(await lstat(pathOf(folder, candidate)).catch(() => undefined))) return { location: candidate, reused: false };
  }
}

/** The ranges of the file at `path` that the parts are, when all of them are there at the right offset. */
function inPlace({ parts }: DataFile, path: string): Range[] | undefined {
  const ranges: Range[] = [];
  for (const { offset, payload } of parts) {
    const [span, ...more] = 'type' in payload.from ? [] : payload.from;
    if (!span || more.length || !('source' in span) || span.offset !== offset || span.source.name === undefined || resolve(span.source.name) !== path)
      return undefined;
    ranges.push(span);
  }
  return ranges;
}

/** A data file may not be written through a link that leads elsewhere. */
async function refuseLinks(folder: string, location: string): Promise<void> {
  let path = folder;
  for (const segment of location.split('/')) {
    path = join(path, segment);
    const found = await lstat(path).catch(() => undefined);
    if (!found) return;
    if (found.isSymbolicLink()) throw fail('external-link', { where: { file: path }, actual: location });
  }
}
