// --include and --exclude: an op type or address as it is, or a regular expression.
import { fail } from '../errors';

/** '/.../i' is a regular expression, and so is a text with characters that only those use; anything else is an exact op type or node address. */
export const pattern =
  (option: string) =>
  (text: string): string | RegExp => {
    const [, source, flags] = /^\/(.+)\/([dimsuv]*)$/.exec(text) ?? [];
    if (source === undefined && !/[*+?^$|()[\]{}\\]/.test(text)) return text;
    try {
      return new RegExp(source ?? text, flags);
    } catch (cause) {
      throw fail('option-value', { where: { option }, actual: text, cause }, 'this is no regular expression');
    }
  };
