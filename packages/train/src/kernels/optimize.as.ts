// One optimizer step over flat float32 regions of the imported memory, in AssemblyScript SIMD; `plain.ts` is the same arithmetic in TypeScript. Built by scripts/build-kernels.mjs into optimize.wasm.ts.
// asc: --importMemory --initialMemory 1
// Pointers and `bytes` are multiples of 16. Every operation is one float32 rounding, in the order written.

/** Adam. p' = p decay - step m' / (sqrt(v') rs + eps), m' = b1 m + ib1 h, v' = b2 v + ib2 h h, where h = g + l2 p. */
export function adam(
  bytes: usize, p: usize, g: usize, m: usize, v: usize,
  decay: f32, l2: f32, b1: f32, ib1: f32, b2: f32, ib2: f32, step: f32, rs: f32, eps: f32,
): void {
  const vDecay = f32x4.splat(decay);
  const vL2 = f32x4.splat(l2);
  const vB1 = f32x4.splat(b1);
  const vIb1 = f32x4.splat(ib1);
  const vB2 = f32x4.splat(b2);
  const vIb2 = f32x4.splat(ib2);
  const vStep = f32x4.splat(step);
  const vRs = f32x4.splat(rs);
  const vEps = f32x4.splat(eps);
  const end = p + bytes;
  const toG = g - p;
  const toM = m - p;
  const toV = v - p;
  for (let at = p; at < end; at += 16) {
    const w = v128.load(at);
    const h = f32x4.add(v128.load(at + toG), f32x4.mul(vL2, w));
    const m1 = f32x4.add(f32x4.mul(vB1, v128.load(at + toM)), f32x4.mul(vIb1, h));
    const v1 = f32x4.add(f32x4.mul(vB2, v128.load(at + toV)), f32x4.mul(vIb2, f32x4.mul(h, h)));
    v128.store(at + toM, m1);
    v128.store(at + toV, v1);
    const scaled = f32x4.add(f32x4.mul(f32x4.sqrt(v1), vRs), vEps);
    v128.store(at, f32x4.sub(f32x4.mul(w, vDecay), f32x4.mul(vStep, f32x4.div(m1, scaled))));
  }
}

/** SGD. p' = p - lr h, where h = g + l2 p. */
export function sgd(bytes: usize, p: usize, g: usize, l2: f32, lr: f32): void {
  const vL2 = f32x4.splat(l2);
  const vLr = f32x4.splat(lr);
  const end = p + bytes;
  const toG = g - p;
  for (let at = p; at < end; at += 16) {
    const w = v128.load(at);
    const h = f32x4.add(v128.load(at + toG), f32x4.mul(vL2, w));
    v128.store(at, f32x4.sub(w, f32x4.mul(vLr, h)));
  }
}

/** SGD with momentum. b' = momentum b + h; p' = p - lr (direct h + along b'), where h = g + l2 p; direct, along are 0, 1, or 1, momentum for Nesterov. */
export function momentum(bytes: usize, p: usize, g: usize, b: usize, l2: f32, lr: f32, mu: f32, direct: f32, along: f32): void {
  const vL2 = f32x4.splat(l2);
  const vLr = f32x4.splat(lr);
  const vMu = f32x4.splat(mu);
  const vDirect = f32x4.splat(direct);
  const vAlong = f32x4.splat(along);
  const end = p + bytes;
  const toG = g - p;
  const toB = b - p;
  for (let at = p; at < end; at += 16) {
    const w = v128.load(at);
    const h = f32x4.add(v128.load(at + toG), f32x4.mul(vL2, w));
    const b1 = f32x4.add(f32x4.mul(vMu, v128.load(at + toB)), h);
    v128.store(at + toB, b1);
    v128.store(at, f32x4.sub(w, f32x4.mul(vLr, f32x4.add(f32x4.mul(vDirect, h), f32x4.mul(vAlong, b1)))));
  }
}

/** p' = p where the mask's bits are all ones, +0 where they are all zero. */
export function mask(bytes: usize, p: usize, bits: usize): void {
  const end = p + bytes;
  const toBits = bits - p;
  for (let at = p; at < end; at += 16) v128.store(at, v128.and(v128.load(at), v128.load(at + toBits)));
}
