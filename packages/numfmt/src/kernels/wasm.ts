// Instantiates an inlined module on first use, never at import.

/** A function that gives the module's exports, made once. Throws what WebAssembly throws where it is missing, refused by a CSP, or without SIMD. */
export function lazyModule<E>(base64: string): () => E {
  let exports: E | undefined;
  return () => {
    if (exports === undefined) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      exports = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as E;
    }
    return exports;
  };
}

type View = { [K in 'f32' | 'f64' | 'i32' | 'u32' | 'u16' | 'u8']: InstanceType<(typeof views)[K]> };
const views = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array } as const;

/** Every view that is needed of a memory that never grows. */
export const viewsOf = ({ buffer }: WebAssembly.Memory): View => ({
  f32: new Float32Array(buffer),
  f64: new Float64Array(buffer),
  i32: new Int32Array(buffer),
  u32: new Uint32Array(buffer),
  u16: new Uint16Array(buffer),
  u8: new Uint8Array(buffer),
});
