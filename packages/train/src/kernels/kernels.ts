// The one interface of the optimizers' loops, with two values: `plain` (TypeScript, the oracle and the fallback) and `simd` (WebAssembly). They agree bit for bit.

/** Flat regions of equal length, a multiple of 4. */
export interface Regions {
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  /** What the optimizer remembers. */
  readonly state: readonly Float32Array[];
  /** -1 keeps a parameter, 0 holds it at zero. */
  readonly mask?: Int32Array;
}

/** h = g + l2 p; m' = beta1 m + ibeta1 h; v' = beta2 v + ibeta2 h h; p' = p decay - step m' / (sqrt(v') rescale + eps). */
export interface AdamNumbers {
  readonly decay: number;
  readonly l2: number;
  readonly beta1: number;
  /** 1 - beta1, from the double. */
  readonly ibeta1: number;
  readonly beta2: number;
  readonly ibeta2: number;
  readonly step: number;
  readonly rescale: number;
  readonly eps: number;
}

/** h = g + l2 p; without momentum p' = p - lr h; with it b' = momentum b + h, p' = p - lr (direct h + along b'). */
export interface SgdNumbers {
  readonly l2: number;
  readonly lr: number;
  readonly momentum: number;
  readonly direct: number;
  readonly along: number;
}

export interface Kernels {
  readonly name: 'plain' | 'simd';
  /** Reads state [m, v]. */
  adam(regions: Regions, numbers: AdamNumbers): void;
  /** Reads state [] without momentum, [b] with it. */
  sgd(regions: Regions, numbers: SgdNumbers): void;
  mask(regions: Regions): void;
}
