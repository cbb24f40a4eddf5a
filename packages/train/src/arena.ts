// The parameters of a run and what the optimizer keeps beside them: flat regions of one memory that is sized once and never grows, so that its views stay whole and can be fed zero-copy.
import type { Kernels, Regions } from './kernels/kernels';
import { plain } from './kernels/plain';
import { simd } from './kernels/simd';

export interface Slice {
  readonly name: string;
  readonly dims: readonly number[];
  readonly parameter: Float32Array;
  readonly gradient: Float32Array;
  readonly mask?: Int32Array;
}

export interface Arena {
  readonly regions: Regions;
  readonly slices: readonly Slice[];
  readonly kernels: Kernels;
  /** Why the plain kernels run, when they do. */
  readonly reason?: string;
}

export interface ArenaOptions {
  readonly parameters: readonly { readonly name: string; readonly dims: readonly number[] }[];
  /** How many state regions the optimizer wants. */
  readonly state: number;
  readonly masked?: boolean;
  /** 'plain' asks for the TypeScript loops; default: SIMD where it works. */
  readonly kernels?: 'plain' | 'simd';
}

/** Every parameter starts on a cache line. */
const lane = 16;
const page = 65536;
const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

function allocate(bytes: number, wanted: ArenaOptions['kernels']): { buffer: ArrayBuffer; kernels: Kernels; reason?: string } {
  const fallback = (reason: string): { buffer: ArrayBuffer; kernels: Kernels; reason: string } => ({ buffer: new ArrayBuffer(bytes), kernels: plain, reason });
  if (wanted === 'plain') return fallback('asked for');
  try {
    const pages = Math.max(1, Math.ceil(bytes / page));
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    return { buffer: memory.buffer, kernels: simd(memory) };
  } catch (e) {
    if (wanted === 'simd') throw e;
    return fallback(e instanceof Error ? e.message : String(e));
  }
}

/** Room for the parameters, all zero. */
export function openArena({ parameters, state, masked = false, kernels: wanted }: ArenaOptions): Arena {
  const offsets: number[] = [];
  let length = 0;
  for (const { dims } of parameters) {
    offsets.push(length);
    length += Math.ceil(sizeOf(dims) / lane) * lane;
  }
  const count = 2 + state + (masked ? 1 : 0);
  const { buffer, kernels, reason } = allocate(length * 4 * count, wanted);
  const region = (i: number): Float32Array => new Float32Array(buffer, i * length * 4, length);
  const mask = masked ? new Int32Array(buffer, (2 + state) * length * 4, length).fill(-1) : undefined;
  const regions: Regions = {
    parameters: region(0),
    gradients: region(1),
    state: Array.from({ length: state }, (_, i) => region(2 + i)),
    ...(mask && { mask }),
  };
  const slices = parameters.map(({ name, dims }, i): Slice => {
    const [from, to] = [offsets[i]!, offsets[i]! + sizeOf(dims)];
    return {
      name,
      dims,
      parameter: regions.parameters.subarray(from, to),
      gradient: regions.gradients.subarray(from, to),
      ...(mask && { mask: mask.subarray(from, to) }),
    };
  });
  return { regions, slices, kernels, ...(reason !== undefined && { reason }) };
}
