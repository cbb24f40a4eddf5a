// Reads the text of a dim: `2*seq+1`, `floor((h-1)/2)`, `s0//2`, `Max(a, b)`, `h**2`; a text that is no expression is one symbol.
import {
  add,
  atom,
  ceil,
  divideExactly,
  type Expression,
  extreme,
  floor,
  integer,
  isName,
  longest,
  madeFrom,
  modulo,
  mul,
  number,
  ratio,
  sub,
  tooLong,
} from './expression';

const token = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_?][\w.?$:]*)|'([^']*)'|(\/\/|\*\*|[-+*/%^(),]))/y;

interface Reader {
  readonly tokens: readonly (readonly ['number' | 'word' | 'name' | 'sign', string])[];
  at: number;
  /** How deep the brackets at hand are. */
  depth: number;
  readonly bound: Readonly<Record<string, number>>;
}

function tokenize(text: string): Reader['tokens'] | undefined {
  const tokens: ['number' | 'word' | 'name' | 'sign', string][] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const hit = token.exec(text);
    if (!hit) return undefined;
    const [, digits, word, name, sign] = hit;
    if (digits !== undefined) tokens.push(['number', digits]);
    else if (word !== undefined) tokens.push(['word', word]);
    else if (name !== undefined) tokens.push(['name', name]);
    else tokens.push(['sign', sign!]);
  }
  return tokens;
}

/** What is inside a floor atom, as an expression. */
const insideFloor = (text: string): Expression | undefined => madeFrom(text) ?? parseExpression(text.slice('floor('.length, -1), {});
export const floored = (x: Expression): Expression => floor(x, insideFloor);
export const ceiled = (x: Expression): Expression => ceil(x, insideFloor);
export const floorDivided = (a: Expression, b: Expression): Expression => floored(ratio(a, b));
export const moduloOf = (a: Expression, b: Expression): Expression => modulo(a, b, insideFloor);

const functions: Readonly<Record<string, (args: readonly Expression[]) => Expression | undefined>> = {
  floor: ([x]) => x && floored(x),
  ceil: ([x]) => x && ceiled(x),
  ceiling: ([x]) => x && ceiled(x),
  max: (args) => (args.length ? args.reduce((a, b) => extreme('max', a, b)) : undefined),
  min: (args) => (args.length ? args.reduce((a, b) => extreme('min', a, b)) : undefined),
  mod: ([a, b]) => a && b && moduloOf(a, b),
};

const take = (reader: Reader, ...signs: string[]): string | undefined => {
  const [kind, text] = reader.tokens[reader.at] ?? [];
  if (kind !== 'sign' || !signs.includes(text!)) return undefined;
  reader.at++;
  return text;
};

/** Deeper brackets are no extent of a model. */
const deepest = 64;

function primary(reader: Reader): Expression | undefined {
  if (reader.depth >= deepest) throw tooLong;
  reader.depth++;
  try {
    return operand(reader);
  } finally {
    reader.depth--;
  }
}

function operand(reader: Reader): Expression | undefined {
  if (take(reader, '-')) {
    const x = power(reader);
    return x && sub(integer(0), x);
  }
  if (take(reader, '(')) {
    const x = sum(reader);
    return take(reader, ')') ? x : undefined;
  }
  const next = reader.tokens[reader.at++];
  if (!next) return undefined;
  const [kind, text] = next;
  if (kind === 'number') return number(Number(text));
  if (kind === 'sign') return undefined;
  const fn = kind === 'word' && functions[text.toLowerCase()];
  if (fn && take(reader, '(')) {
    const args: Expression[] = [];
    do {
      const x = sum(reader);
      if (!x) return undefined;
      args.push(x);
    } while (take(reader, ','));
    return take(reader, ')') ? fn(args) : undefined;
  }
  return Object.hasOwn(reader.bound, text) ? number(reader.bound[text]!) : atom(text);
}

function power(reader: Reader): Expression | undefined {
  const base = primary(reader);
  if (!base || !take(reader, '**', '^')) return base;
  const next = reader.tokens[reader.at++];
  const times = next?.[0] === 'number' ? Number(next[1]) : Number.NaN;
  if (!Number.isInteger(times) || times > 8) return undefined;
  return Array.from({ length: times }, () => base).reduce(mul, integer(1));
}

function term(reader: Reader): Expression | undefined {
  let left = power(reader);
  for (let sign = take(reader, '*', '//', '/', '%'); sign && left; sign = take(reader, '*', '//', '/', '%')) {
    const right = power(reader);
    if (!right) return undefined;
    if (sign === '*') left = mul(left, right);
    else if (right.terms.size === 0) return undefined;
    else if (sign === '//') left = floorDivided(left, right);
    else if (sign === '%') left = moduloOf(left, right);
    else left = divideExactly(left, right) ?? ratio(left, right);
  }
  return left;
}

function sum(reader: Reader): Expression | undefined {
  let left = term(reader);
  for (let sign = take(reader, '+', '-'); sign && left; sign = take(reader, '+', '-')) {
    const right = term(reader);
    left = right && (sign === '+' ? add(left, right) : sub(left, right));
  }
  return left;
}

function parseExpression(text: string, bound: Readonly<Record<string, number>>): Expression | undefined {
  const tokens = tokenize(text);
  if (!tokens?.length) return undefined;
  const reader: Reader = { tokens, at: 0, depth: 0, bound };
  const x = sum(reader);
  return reader.at === tokens.length ? x : undefined;
}

/** A dim's text as an expression, with `bound` symbols replaced; a text that is no expression, or one beyond all bounds, is a symbol of that name. */
export function parse(text: string, bound: Readonly<Record<string, number>> = {}): Expression {
  if (Object.hasOwn(bound, text)) return number(bound[text]!) ?? atom(text);
  if (isName(text) || text.length > longest) return atom(text);
  try {
    return parseExpression(text, bound) ?? atom(text);
  } catch (error) {
    if (error !== tooLong) throw error;
    return atom(text);
  }
}
