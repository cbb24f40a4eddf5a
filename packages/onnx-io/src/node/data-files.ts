// External data beside a model: only regular files with one name, below the model's folder (CVE-2024-27318, 2026-27489; CWE-22, CWE-59).
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fail } from '../errors';
import { checkLocation } from '../external';
import type { ByteSource } from '../source/byte-source';
import { isMissing, readError } from './file-errors';
import { fileSource } from './file-source';

/** Never read whole: a model may have thousands of them. */
const lazily = { noFollow: true, wholeBytes: 0 };

const within = (root: string, path: string): boolean => {
  const rest = relative(root, path);
  return rest !== '' && rest !== '..' && !rest.startsWith(`..${sep}`) && resolve(root, rest) === path;
};

/**
 * Opens the data files of a model at `modelPath`. Links, symbolic or hard, are refused, unless what they lead to lies below `linkRoot`
 * (the Hugging Face cache stores links). Throws `onnx-io/external-path`; a file that is not there is undefined.
 */
export function dataFiles(modelPath: string, linkRoot?: string): (location: string) => Promise<ByteSource | undefined> {
  return async (location) => {
    const where = { file: modelPath };
    checkLocation(location, where);
    const folder = await realpath(dirname(resolve(modelPath)));
    const path = join(folder, ...location.split('/'));
    try {
      const real = await realpath(path);
      const { nlink } = await lstat(real);
      const linked = real !== path || nlink > 1;
      if (!linked) return await fileSource(path, lazily);
      const root = linkRoot === undefined ? undefined : await realpath(linkRoot);
      if (root === undefined || !within(root, real)) throw fail('external-link', { where, actual: location });
      return await fileSource(real, lazily);
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      throw readError(cause, path);
    }
  };
}
