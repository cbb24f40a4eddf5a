// The optimizers' loops in TypeScript: every operation rounded to float32, in the order of optimize.as.ts.
import type { Kernels } from './kernels';

const f = Math.fround;

export const plain: Kernels = {
  name: 'plain',
  adam({ parameters: p, gradients: g, state }, numbers) {
    const [m, v] = state as [Float32Array, Float32Array];
    const [decay, l2, b1, ib1] = [f(numbers.decay), f(numbers.l2), f(numbers.beta1), f(numbers.ibeta1)];
    const [b2, ib2, step, rescale, eps] = [f(numbers.beta2), f(numbers.ibeta2), f(numbers.step), f(numbers.rescale), f(numbers.eps)];
    for (let i = 0; i < p.length; i++) {
      const w = p[i]!;
      const h = f(g[i]! + f(l2 * w));
      const m1 = f(f(b1 * m[i]!) + f(ib1 * h));
      const v1 = f(f(b2 * v[i]!) + f(ib2 * f(h * h)));
      m[i] = m1;
      v[i] = v1;
      p[i] = f(f(w * decay) - f(step * f(m1 / f(f(f(Math.sqrt(v1)) * rescale) + eps))));
    }
  },
  sgd({ parameters: p, gradients: g, state: [b] }, numbers) {
    const [l2, lr, mu, direct, along] = [f(numbers.l2), f(numbers.lr), f(numbers.momentum), f(numbers.direct), f(numbers.along)];
    for (let i = 0; i < p.length; i++) {
      const w = p[i]!;
      const h = f(g[i]! + f(l2 * w));
      let to = h;
      if (b) {
        const b1 = f(f(mu * b[i]!) + h);
        b[i] = b1;
        to = f(f(direct * h) + f(along * b1));
      }
      p[i] = f(w - f(lr * to));
    }
  },
  mask({ parameters: p, mask }) {
    for (let i = 0; i < p.length; i++) if (mask?.[i] === 0) p[i] = 0;
  },
};
