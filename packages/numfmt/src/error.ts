// The one error type of all packages. Recognised by a registered symbol, so that copies of this package agree on it.

/** What went wrong, in one word: the caller's words, the model, the data, something not supported, a limit, an empty result, a runtime, the file system. */
export type ErrorKind = 'argument' | 'model' | 'data' | 'unsupported' | 'limit' | 'empty' | 'backend' | 'io';

/** Where it went wrong; every field that is known is filled in. `offset` is a byte offset in `file`. */
export interface Where {
  readonly file?: string;
  readonly graph?: string;
  readonly node?: string;
  readonly opType?: string;
  readonly value?: string;
  readonly offset?: number;
  readonly option?: string;
}

/** One row of a package's error table: code without the package's prefix -> kind and one sentence. */
export type ErrorTable = Readonly<Record<string, { readonly kind: ErrorKind; readonly says: string }>>;

export interface ErrorDetails {
  readonly where?: Where;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly cause?: unknown;
}

const mark = Symbol.for('modeldiet.error');

/** An error with a `kind`, a stable `code` (`onnx-io/truncated`), a place, and what was expected and met. Test with {@link isModelDietError}, never `instanceof`. */
export class ModelDietError extends Error {
  override readonly name = 'ModelDietError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly where: Where;
  readonly expected?: unknown;
  readonly actual?: unknown;

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.code = code;
    this.where = details.where ?? {};
    this.expected = details.expected;
    this.actual = details.actual;
    Object.defineProperty(this, mark, { value: true });
  }

  /** Everything but the stack, as the CLI's `--json` prints it. */
  toJSON(): object {
    const { kind, code, message, where, expected, actual } = this;
    return { kind, code, message, where, expected, actual };
  }
}

/** True for a {@link ModelDietError} of any copy of this package. */
export function isModelDietError(e: unknown): e is ModelDietError {
  return typeof e === 'object' && e !== null && mark in e;
}

const place = ({ file, graph, node, opType, value, offset, option }: Where): string =>
  [
    file,
    graph && `graph '${graph}'`,
    node !== undefined ? `${opType ?? 'node'} '${node}'` : opType,
    value !== undefined ? `value '${value}'` : undefined,
    option && `option '${option}'`,
    offset === undefined ? undefined : `at byte ${offset}`,
  ]
    .filter(Boolean)
    .join(', ');

const show = (x: unknown): string =>
  typeof x === 'string' ? x : typeof x === 'bigint' ? String(x) : JSON.stringify(x, (_, v) => (typeof v === 'bigint' ? String(v) : v));

/**
 * Makes a package's `fail`: `const fail = failer('tensor', errors)`, then `throw fail('length', { where, expected, actual }, 'more words')`.
 * The message reads `Conv 'layer1/conv': weight rank: expected 4, got 2`.
 */
export function failer<T extends ErrorTable>(pkg: string, table: T): (code: keyof T & string, details?: ErrorDetails, words?: string) => ModelDietError {
  return (code, details = {}, words) => {
    const row = table[code]!;
    const at = place(details.where ?? {});
    const wanted = details.expected === undefined ? '' : `expected ${show(details.expected)}`;
    const got = details.actual === undefined ? '' : `got ${show(details.actual)}`;
    const tail = [wanted, got].filter(Boolean).join(', ');
    const message = `${at ? `${at}: ` : ''}${words ?? row.says}${tail ? `: ${tail}` : ''}`;
    return new ModelDietError(row.kind, `${pkg}/${code}`, message, details);
  };
}
