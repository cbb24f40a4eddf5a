// What a file may ask of the reader. Each limit is an option with a default far above any real model; the CWE it answers stands beside it.
import { fail } from '../errors';

export interface Limits {
  /** Bytes of everything but weights (CWE-770, allocation without limits). Default 256 MiB. */
  readonly structureBytes: number;
  /** Length-delimited fields: messages, strings, byte strings (CWE-770, CWE-409: two bytes of file become a whole object). Default 5 million. */
  readonly fields: number;
  /** Nodes, of all graphs and functions (CWE-770). Default 1 million. */
  readonly nodes: number;
  /** Nested messages: subgraphs in subgraphs (CWE-674, uncontrolled recursion). Default 100. */
  readonly depth: number;
  /** Extents of one tensor (CWE-770). Default 64. */
  readonly rank: number;
  /** External data files of one model (CWE-770, CWE-400). Default 10,000. */
  readonly externalFiles: number;
}

export const defaultLimits: Limits = {
  structureBytes: 256 * 1024 * 1024,
  fields: 5_000_000,
  nodes: 1_000_000,
  depth: 100,
  rank: 64,
  externalFiles: 10_000,
};

/** The defaults with what the caller changed. Throws `onnx-io/limit-option` for a limit that is not a non-negative number. */
export function limitsOf(options: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(options))
    if (typeof value !== 'number' || !(value >= 0)) throw fail('limit-option', { where: { option: `limits.${name}` }, actual: value });
  return { ...defaultLimits, ...options };
}

/** The error of a limit that a file passes; it names the option that raises it. */
export const overLimit = (name: keyof Limits, limits: Limits, actual: number, file?: string) =>
  fail('over-limit', { where: { file, option: `limits.${name}` }, expected: `<= ${limits[name]}`, actual });
