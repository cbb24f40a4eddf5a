// How much a channel matters, from the weights alone. An importance is a value; add one: one maker here and one line in the table.
export interface Importance<Name extends string = string> {
  readonly name: Name;
  readonly options: object;
  /** What one number adds to its channel. */
  readonly of: (x: number) => number;
}

/** The sum of magnitudes (Li et al., "Pruning Filters for Efficient ConvNets", 2017). */
export const l1 = (): Importance<'l1'> => ({ name: 'l1', options: {}, of: Math.abs });
/** The sum of squares: the order of the Euclidean norms. */
export const l2 = (): Importance<'l2'> => ({ name: 'l2', options: {}, of: (x) => x * x });

/** Name -> maker. */
export const importances = { l1, l2 } as const;
