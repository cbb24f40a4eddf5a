// --require 'bytes<=0.3,cosine>=0.99': what a comparison must show. Grammar: clause (',' clause)*, clause = figure ('<=' | '<' | '>=' | '>') number '%'?
import { fail } from '../errors';
import { didYouMean } from './suggest';

/** What `compare` found, as far as requirements read it. `null` and absent: not measured. */
export interface Found {
  readonly bytesRatio: number;
  readonly latency?: { readonly ratio: number } | null;
  readonly outputs: readonly {
    readonly name: string;
    readonly sqnrDb: number | null;
    readonly cosine: number | null;
    readonly maxAbsDiff: number | null;
    readonly top1Agreement: number | null;
  }[];
  readonly accuracy?: { readonly a: { readonly value: number }; readonly b: { readonly value: number } } | null;
}

interface Figure {
  readonly says: string;
  readonly of: (found: Found) => { readonly value: number; readonly output?: string } | undefined;
}

type OutputFigure = 'sqnrDb' | 'cosine' | 'maxAbsDiff' | 'top1Agreement';
/** The output where the figure is worst. */
const worst =
  (key: OutputFigure, pick: 'least' | 'most'): Figure['of'] =>
  ({ outputs }) => {
    let found: { value: number; output: string } | undefined;
    for (const { name, [key]: value } of outputs)
      if (value !== null && (!found || (pick === 'least' ? value < found.value : value > found.value))) found = { value, output: name };
    return found;
  };
const plain = (value: number | undefined): { value: number } | undefined => (value === undefined ? undefined : { value });

/** A figure is a row. Ratios are those of the second model to the first. */
export const figures = {
  bytes: { says: 'bytes of b over bytes of a', of: ({ bytesRatio }) => plain(bytesRatio) },
  latency: { says: 'time of b over time of a', of: ({ latency }) => plain(latency?.ratio) },
  sqnr: { says: 'dB, the worst output', of: worst('sqnrDb', 'least') },
  cosine: { says: 'the worst output', of: worst('cosine', 'least') },
  maxAbsDiff: { says: 'the worst output', of: worst('maxAbsDiff', 'most') },
  top1: { says: 'share of equal first choices, the worst output', of: worst('top1Agreement', 'least') },
  accuracy: { says: 'of b', of: ({ accuracy }) => plain(accuracy?.b.value) },
  drop: { says: 'accuracy of a less that of b', of: ({ accuracy }) => plain(accuracy ? accuracy.a.value - accuracy.b.value : undefined) },
} as const satisfies Record<string, Figure>;
export type FigureName = keyof typeof figures;

const signs = {
  '<=': (a: number, b: number) => a <= b,
  '<': (a: number, b: number) => a < b,
  '>=': (a: number, b: number) => a >= b,
  '>': (a: number, b: number) => a > b,
} as const;

export interface Requirement {
  readonly figure: FigureName;
  readonly sign: keyof typeof signs;
  readonly bound: number;
  readonly text: string;
}

export function readRequirements(text: string): Requirement[] {
  const option = '--require';
  const names = Object.keys(figures);
  return text.split(',').map((clause) => {
    const [, name, sign, digits, percent] = /^\s*([A-Za-z]\w*)\s*(<=|>=|<|>)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%?)\s*$/i.exec(clause) ?? [];
    if (name === undefined)
      throw fail('require-syntax', { where: { option }, expected: "clauses like 'bytes<=0.3' or 'top1>=99%', joined by commas", actual: clause });
    if (!(name in figures))
      throw fail('require-syntax', { where: { option }, expected: names.join(', '), actual: name }, `there is no figure '${name}'${didYouMean(name, names)}`);
    return { figure: name as FigureName, sign: sign as Requirement['sign'], bound: Number(digits) / (percent ? 100 : 1), text: clause.trim() };
  });
}

/** Why each requirement that does not hold does not: 'bytes<=0.3: 0.41', 'cosine>=0.99: not measured'. Empty when all hold. */
export function unmet(requirements: readonly Requirement[], found: Found): string[] {
  return requirements.flatMap(({ figure, sign, bound, text }) => {
    const at = (figures[figure] as Figure).of(found);
    if (!at) return [`${text}: not measured`];
    if (signs[sign](at.value, bound)) return [];
    return [`${text}: ${Number(at.value.toPrecision(4))}${at.output === undefined ? '' : ` at output '${at.output}'`}`];
  });
}
