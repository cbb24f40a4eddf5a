// What an explanation is: steps, each with the numbers it is about and a text to read.

export interface Step {
  /** A short name: `sign`, `binary`, `normalise`, `bias`, `fields`, ... */
  readonly name: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const step = (name: string, text: string, data: Step['data'] = {}): Step => ({ name, text, data });

/** Long digit strings by their ends: the middle of more than `most` digits is counted, not shown. */
export const shortened = (digits: string, most = 60): string => {
  if (digits.length <= most) return digits;
  const end = Math.floor(most / 2) - 4;
  return `${digits.slice(0, end)}...(${digits.length - 2 * end} more)...${digits.slice(-end)}`;
};

/** Division by two until nothing is left: each row [n, n / 2, remainder]; the remainders upward are the binary digits. */
export function halvings(n: bigint): readonly (readonly [string, string, number])[] {
  const rows: (readonly [string, string, number])[] = [];
  for (let v = n; v > 0n; v >>= 1n) rows.push([v.toString(), (v >> 1n).toString(), Number(v & 1n)]);
  return rows;
}

export const halvingText = (rows: ReturnType<typeof halvings>): string => {
  const [a, b] = [Math.max(...rows.map((r) => r[0].length)), Math.max(...rows.map((r) => r[1].length))];
  return rows.map(([n, half, rest]) => `  ${n.padStart(a)} / 2 = ${half.padStart(b)}  remainder ${rest}`).join('\n');
};
