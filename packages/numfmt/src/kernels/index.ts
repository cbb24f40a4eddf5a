// Which kernels run here: SIMD where WebAssembly allows it, else plain TypeScript. Decided on first call.
import type { Kernels } from './kernels';
import { plain } from './plain';
import { simd } from './simd';

export type { ChannelScales, Codes8, Kernels, Layout, Ranges } from './kernels';
export { plain } from './plain';
export { simd } from './simd';

let chosen: { readonly kernels: Kernels; readonly reason?: string } | undefined;

function choose(): { readonly kernels: Kernels; readonly reason?: string } {
  if (chosen) return chosen;
  try {
    // Both modules have to open: one call of each.
    simd.ranges(new Float32Array(1), { outer: 1, channels: 1, inner: 1 });
    simd.squaredError(new Float32Array(1), new Float32Array(1));
    chosen = { kernels: simd };
  } catch (e) {
    chosen = { kernels: plain, reason: e instanceof Error ? e.message : String(e) };
  }
  return chosen;
}

/** The fastest kernels that work here. */
export const kernels = (): Kernels => choose().kernels;

/** Which path runs, and when it is the plain one, why WebAssembly was not to be had. */
export function kernelPath(): { readonly path: Kernels['name']; readonly reason?: string } {
  const { kernels, reason } = choose();
  return { path: kernels.name, ...(reason === undefined ? {} : { reason }) };
}
