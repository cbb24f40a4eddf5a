// Asks a backend how it multiplies u8 by s8: 16-bit pairs saturate on x86 without VNNI.
import { graphBuilder, type Model } from '@modeldiet/onnx-io';
import type { LongWork } from '@modeldiet/tensor';
import type { Backend } from './backend';
import { withSession } from './session';
import type { Target } from './targets/target';

const width = 64;

/** [1,64] of u8 255 times [64,1] of s8 127; exact: 64 * 255 * 127 = 2,072,640. */
function product(): Model {
  const g = graphBuilder();
  const a = g.input('a', 'uint8', [1, width]);
  const b = g.constant('b', { type: 'int8', dims: [width, 1], data: new Int8Array(width).fill(127) });
  g.output(g.op('MatMulInteger', [a, b]), 'y', { dtype: 'int32', dims: [1, 1] });
  return g.model();
}

/** The backend's target with `saturatesU8S8` as this machine does it. A backend that has no MatMulInteger keeps what its target says. */
export async function probeTarget(backend: Backend, work: LongWork = {}): Promise<Target> {
  const model = product();
  if (backend.supports(model).length > 0) return backend.target;
  const sum = await withSession(backend, model, work, async (session) => {
    const { y } = await session.run({ a: { type: 'uint8', dims: [1, width], data: new Uint8Array(width).fill(255) } });
    return Number(y!.data[0]);
  });
  return { ...backend.target, saturatesU8S8: sum !== width * 255 * 127 };
}
