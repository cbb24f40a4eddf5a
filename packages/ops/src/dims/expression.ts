// Symbolic extents as polynomials with rational coefficients over atoms: symbols, floor(...), max(...), min(...), mod(...). One canonical text per value.

/** A monomial is its sorted atoms joined by this; '' is the constant's. */
const times = '\n';

/** Sum of coefficient * monomial, all over `den`. Coefficients are integers, `den` a positive integer, the fraction is in lowest terms. */
export interface Expression {
  readonly terms: ReadonlyMap<string, number>;
  readonly den: number;
}

/** Longer texts than this help nobody and cost time: they become unknown. */
export const longest = 1000;
/** More terms than any extent of a model has. */
const mostTerms = 128;
/** Thrown where an expression, or what it takes to make it, passes these bounds: `(a+b+...+z)**8` has millions of terms. `dims.ts` catches it. */
export const tooLong = new RangeError('the expression is too long');

const gcd = (a: number, b: number): number => {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y) [x, y] = [y, x % y];
  return x;
};

function make(terms: Map<string, number>, den: number): Expression {
  if (terms.size > mostTerms || !Number.isSafeInteger(den)) throw tooLong;
  let divisor = den;
  for (const [key, c] of terms) {
    if (!Number.isSafeInteger(c)) throw tooLong;
    if (c === 0) terms.delete(key);
    else divisor = gcd(divisor, c);
  }
  if (terms.size === 0) return { terms, den: 1 };
  if (divisor > 1) for (const [key, c] of terms) terms.set(key, c / divisor);
  return { terms, den: den / divisor };
}

/** A finite number; fractions must be dyadic with a denominator of at most 2^20, other numbers have no expression. */
export function number(x: number): Expression | undefined {
  let den = 1;
  while (den <= 2 ** 20 && !Number.isInteger(x * den)) den *= 2;
  return Number.isSafeInteger(x * den) ? make(new Map([['', x * den]]), den) : undefined;
}
export const integer = (x: number): Expression => make(new Map([['', x]]), 1);
export const atom = (text: string): Expression => ({ terms: new Map([[text, 1]]), den: 1 });
/** An atom whose text is made of others'. */
function madeAtom(text: string): Expression {
  if (text.length > longest) throw tooLong;
  return atom(text);
}

/** The number an expression is, if it has no atoms. */
export function asNumber({ terms, den }: Expression): number | undefined {
  if (terms.size === 0) return 0;
  return terms.size === 1 && terms.has('') ? terms.get('')! / den : undefined;
}

export function add(a: Expression, b: Expression, sign: 1 | -1 = 1): Expression {
  const den = (a.den / gcd(a.den, b.den)) * b.den;
  const terms = new Map<string, number>();
  for (const [key, c] of a.terms) terms.set(key, c * (den / a.den));
  for (const [key, c] of b.terms) terms.set(key, (terms.get(key) ?? 0) + sign * c * (den / b.den));
  return make(terms, den);
}
export const sub = (a: Expression, b: Expression): Expression => add(a, b, -1);

const atomsOf = (key: string): string[] => (key === '' ? [] : key.split(times));
const product = (a: string, b: string): string => [...atomsOf(a), ...atomsOf(b)].sort().join(times);

export function mul(a: Expression, b: Expression): Expression {
  if (a.terms.size * b.terms.size > 4 * mostTerms) throw tooLong;
  const terms = new Map<string, number>();
  for (const [ka, ca] of a.terms)
    for (const [kb, cb] of b.terms) {
      const key = product(ka, kb);
      terms.set(key, (terms.get(key) ?? 0) + ca * cb);
    }
  return make(terms, a.den * b.den);
}

/** key / by, when every atom of `by` is in `key`. */
function monomialQuotient(key: string, by: string): string | undefined {
  const rest = atomsOf(key);
  for (const each of atomsOf(by)) {
    const at = rest.indexOf(each);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return rest.join(times);
}

const leading = ({ terms }: Expression): string => {
  let best: string | undefined;
  for (const key of terms.keys()) {
    const [n, m] = [atomsOf(key).length, best === undefined ? -1 : atomsOf(best).length];
    if (best === undefined || n > m || (n === m && key > best)) best = key;
  }
  return best!;
};

/** a / b when the division leaves nothing: polynomial long division by the leading monomial. */
export function divideExactly(a: Expression, b: Expression): Expression | undefined {
  if (b.terms.size === 0) return undefined;
  const constant = b.terms.size === 1 ? b.terms.get('') : undefined;
  // By a number each coefficient is divided by itself.
  if (constant !== undefined) return make(new Map([...a.terms].map(([key, c]) => [key, Math.sign(constant) * c * b.den])), a.den * Math.abs(constant));
  const lead = leading(b);
  let rest = a;
  let quotient = integer(0);
  for (let guard = 0; rest.terms.size > 0; guard++) {
    const top = leading(rest);
    const key = monomialQuotient(top, lead);
    if (key === undefined || guard > 64) return undefined;
    const step = make(new Map([[key, rest.terms.get(top)! * b.den]]), 1);
    const scaled = make(new Map(step.terms), Math.abs(rest.den * b.terms.get(lead)!));
    const signed = b.terms.get(lead)! < 0 ? sub(integer(0), scaled) : scaled;
    quotient = add(quotient, signed);
    rest = sub(rest, mul(signed, b));
  }
  return quotient;
}

/** Integer for every integer value of the atoms; ratio atoms '(a)/(b)' are not integers. */
export const isIntegral = ({ terms, den }: Expression): boolean =>
  den === 1 && [...terms.keys()].every((key) => !atomsOf(key).some((each) => each.startsWith('(')));

const mod = (a: number, n: number): number => ((a % n) + n) % n;
const floorPrefix = 'floor(';
/** What is inside the floors that were made. */
const insides = new Map<string, Expression>();
function floorAtom(x: Expression): Expression {
  const text = `${floorPrefix}${print(x)})`;
  if (text.length > longest) throw tooLong;
  if (insides.size > 20_000) insides.clear();
  insides.set(text, x);
  return atom(text);
}
/** The expression inside a floor atom; undefined for one that was not made here, or long ago. */
export const madeFrom = (text: string): Expression | undefined => insides.get(text);

/** a / b where the division may leave something: exact, else a ratio atom that only `floor` takes apart. */
export function ratio(a: Expression, b: Expression): Expression {
  const exact = divideExactly(a, b);
  return exact ?? madeAtom(`(${print(a)})/(${print(b)})`);
}

/** The largest integer not above `x`. `inner` finds the expression inside a floor atom, so that nested floors become one. */
export function floor(x: Expression, inner: (floorAtom: string) => Expression | undefined): Expression {
  const exact = asNumber(x);
  if (exact !== undefined) return integer(Math.floor(exact));
  if (isIntegral(x)) return x;
  const whole = new Map<string, number>();
  const part = new Map<string, number>();
  for (const [key, c] of x.terms) {
    if (atomsOf(key).some((each) => each.startsWith('('))) part.set(key, c);
    else {
      const left = mod(c, x.den);
      if (left) part.set(key, left);
      if (c !== left) whole.set(key, (c - left) / x.den);
    }
  }
  const constant = part.get('') ?? 0;
  let common = x.den;
  for (const [key, c] of part) if (key !== '') common = gcd(common, c);
  if (common > 1) part.set('', constant - mod(constant, common));
  const rest = make(part, x.den);
  const value = asNumber(rest);
  const outside = make(whole, 1);
  if (value !== undefined) return add(outside, integer(Math.floor(value)));
  return add(outside, isIntegral(rest) ? rest : (unnest(rest, inner) ?? floorAtom(rest)));
}

/** floor((floor(y) + z) / n) is floor((y + z) / n) for integers z and n > 0. */
function unnest({ terms, den }: Expression, inner: (floorAtom: string) => Expression | undefined): Expression | undefined {
  for (const [key, c] of terms) {
    if (c !== 1 || !key.startsWith(floorPrefix) || key.includes(times)) continue;
    const inside = inner(key);
    const others = new Map(terms);
    others.delete(key);
    const rest: Expression = { terms: others, den: 1 };
    if (inside && isIntegral(rest)) return floor(mul(add(rest, inside), { terms: new Map([['', 1]]), den }), inner);
  }
  return undefined;
}

/** The smallest integer not below `x`. */
export function ceil(x: Expression, inner: (floorAtom: string) => Expression | undefined): Expression {
  if (isIntegral({ terms: x.terms, den: 1 })) return floor(add(x, make(new Map([['', x.den - 1]]), x.den)), inner);
  return sub(integer(0), floor(sub(integer(0), x), inner));
}

/** The larger (smaller) of two; extents are never negative, so that max(h, 0) is h. */
export function extreme(name: 'max' | 'min', a: Expression, b: Expression): Expression {
  const difference = asNumber(sub(a, b));
  if (difference !== undefined) return difference > 0 === (name === 'max') ? a : b;
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const)
    if (asNumber(x) === 0 && [...y.terms.values()].every((c) => c > 0)) return name === 'max' ? y : x;
  return madeAtom(`${name}(${[print(a), print(b)].sort().join(',')})`);
}

/** a mod n with the sign of n (n a positive number). */
export function modulo(a: Expression, n: Expression, inner: (floorAtom: string) => Expression | undefined): Expression {
  return sub(a, mul(n, floor(ratio(a, n), inner)));
}

/** A text that is one symbol, whatever it stands beside. */
export const isName = (text: string): boolean => /^[A-Za-z_?][\w.?$:]*$/.test(text);
/** The text of a floor, max or min that stays one: its parts are canonical already. */
export const isCall = (text: string): boolean => /^(floor|max|min)\(/.test(text);
const isWord = (text: string): boolean => isName(text) || isCall(text) || text.startsWith("'") || text.startsWith('(');
const quoted = (text: string): string => (isWord(text) ? text : `'${text}'`);

/** The canonical text: positive terms first, then by name, the constant last. */
export function print({ terms, den }: Expression): string {
  if (terms.size === 0) return '0';
  const keys = [...terms.keys()].sort((a, b) => {
    if ((a === '') !== (b === '')) return a === '' ? 1 : -1;
    const signs = Number(terms.get(b)! > 0) - Number(terms.get(a)! > 0);
    return signs || atomsOf(b).length - atomsOf(a).length || (a < b ? -1 : 1);
  });
  const lone = keys.length === 1 && den === 1 && terms.get(keys[0]!) === 1 && atomsOf(keys[0]!).length === 1;
  if (lone) return keys[0]!;
  let text = '';
  for (const key of keys) {
    const c = terms.get(key)!;
    const factors = atomsOf(key).map(quoted);
    if (factors.length === 0 || Math.abs(c) !== 1) factors.unshift(String(Math.abs(c)));
    text += `${c < 0 ? '-' : text && '+'}${factors.join('*')}`;
  }
  return den === 1 ? text : keys.length === 1 ? `${text}/${den}` : `(${text})/${den}`;
}
