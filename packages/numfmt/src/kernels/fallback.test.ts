// Where WebAssembly is missing or refused, everything works on the plain kernels and says so.
import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** A fresh copy of the package under another WebAssembly. */
async function under(wasm: unknown): Promise<typeof import('..')> {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', wasm);
  return import('..');
}

it.each([
  ['missing', undefined, /WebAssembly|undefined/],
  [
    'refused by a content security policy',
    {
      Module: function refuse() {
        throw new EvalError("Refused to compile WebAssembly because 'unsafe-eval' is not allowed");
      },
    },
    /Refused to compile/,
  ],
])('WebAssembly %s', async (_, wasm, reason) => {
  const numfmt = await under(wasm);
  expect(numfmt.kernelPath()).toEqual({ path: 'plain', reason: expect.stringMatching(reason) });
  expect(numfmt.kernels()).toBe(numfmt.plain);
  const q = numfmt.chooseQParams([-1, 0.5], { format: numfmt.int8 });
  expect([...numfmt.quantizeLinear([0.5, -1], q)]).toEqual([64, -127]);
  expect([...numfmt.encodeArray(Float32Array.of(6.5), numfmt.float16)]).toEqual([0x4680]);
  expect(() => numfmt.simd.ranges(new Float32Array(1), { outer: 1, channels: 1, inner: 1 })).toThrow();
});

it('nothing is compiled at import', async () => {
  const Module = vi.fn();
  const numfmt = await under({ Module });
  expect(Module).not.toHaveBeenCalled();
  numfmt.kernelPath();
  expect(Module).toHaveBeenCalledOnce();
});
