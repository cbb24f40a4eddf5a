// The optimizers' loops on WebAssembly SIMD, over one memory. Throws what WebAssembly throws where it is missing, refused by a CSP, or without SIMD.
import type { Kernels } from './kernels';
import { wasm } from './optimize.wasm';

type Pointers = readonly number[];
interface Exports {
  adam(...args: Pointers): void;
  sgd(...args: Pointers): void;
  momentum(...args: Pointers): void;
  mask(...args: Pointers): void;
}

let module: WebAssembly.Module | undefined;

/** Kernels whose regions are views of `memory`. */
export function simd(memory: WebAssembly.Memory): Kernels {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)));
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  return {
    name: 'simd',
    adam({ parameters: p, gradients: g, state }, { decay, l2, beta1, ibeta1, beta2, ibeta2, step, rescale, eps }) {
      const [m, v] = state as [Float32Array, Float32Array];
      run.adam(p.byteLength, p.byteOffset, g.byteOffset, m.byteOffset, v.byteOffset, decay, l2, beta1, ibeta1, beta2, ibeta2, step, rescale, eps);
    },
    sgd({ parameters: p, gradients: g, state: [b] }, { l2, lr, momentum, direct, along }) {
      if (b) run.momentum(p.byteLength, p.byteOffset, g.byteOffset, b.byteOffset, l2, lr, momentum, direct, along);
      else run.sgd(p.byteLength, p.byteOffset, g.byteOffset, l2, lr);
    },
    mask({ parameters: p, mask }) {
      if (mask) run.mask(p.byteLength, p.byteOffset, mask.byteOffset);
    },
  };
}
