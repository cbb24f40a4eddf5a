// What an optimizer is: a frozen value with the same arithmetic twice, as one loop over flat memory (`fused`) and as nodes of the graph (`nodes`).
import type { Value } from '@modeldiet/onnx-io';
import type { Emit } from '../emit';
import type { Kernels, Regions } from '../kernels/kernels';
import type { Strategy } from '../strategy';

/** Where a run is: `step` counts from 1, of `steps`. */
export interface Clock {
  readonly step: number;
  readonly steps: number;
}

export interface Optimizer extends Strategy {
  /** How many numbers it remembers for each parameter. */
  readonly state: number;
  /** The names of the numbers that change from step to step, fed to the nodes form as scalars. */
  readonly scalars: readonly string[];
  /** Their values, in that order. */
  numbers(clock: Clock): readonly number[];
  /** One step, in place. */
  fused(kernels: Kernels, regions: Regions, clock: Clock): void;
  /** One step of one parameter as nodes: the new parameter and the new state. */
  nodes(
    e: Emit,
    from: { readonly parameter: Value; readonly gradient: Value; readonly state: readonly Value[]; readonly scalars: readonly Value[] },
  ): {
    readonly parameter: Value;
    readonly state: readonly Value[];
  };
}
