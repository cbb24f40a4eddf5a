// The conditions of a measurement as data, from what the engine itself tells: works in Node, browsers and workers. `./node` knows more.

export interface Environment {
  readonly runtime: { readonly name: 'node' | 'bun' | 'deno' | 'browser' | 'unknown'; readonly version: string };
  readonly os: { readonly platform: string; readonly release?: string; readonly arch?: string };
  readonly cpu: {
    readonly model?: string;
    /** Logical cores. */
    readonly cores?: number;
    /** Vector and dot-product extensions, those that matter to kernels: avx2, avx512f, avx512_vnni, avx_vnni, fma, f16c, asimd, asimddp, i8mm, ... */
    readonly flags?: readonly string[];
  };
  /** Bytes; browsers round it and cap it. */
  readonly memoryBytes?: number;
  /** ONNX Runtime's name and version, where the caller gives it: `backend.runtime`. */
  readonly ort?: string;
  /** Browsers: whether WebAssembly threads can be had. */
  readonly crossOriginIsolated?: boolean;
  readonly gpu?: string;
}

export interface EnvironmentOptions {
  readonly ort?: string;
  readonly gpu?: string;
}

interface Engine {
  readonly process?: { readonly versions?: Readonly<Record<string, string | undefined>>; readonly platform?: string; readonly arch?: string };
  readonly navigator?: {
    readonly userAgent?: string;
    readonly platform?: string;
    readonly hardwareConcurrency?: number;
    readonly deviceMemory?: number;
    readonly userAgentData?: { readonly platform?: string; readonly brands?: readonly { readonly brand: string; readonly version: string }[] };
  };
  readonly crossOriginIsolated?: boolean;
}

const browserOf = (agent: string): string => /(?:Edg|OPR|Firefox|Chrome|Version)\/[\d.]+/.exec(agent)?.[0] ?? agent;

function runtimeOf({ process, navigator }: Engine): Environment['runtime'] {
  for (const name of ['bun', 'deno', 'node'] as const) {
    const version = process?.versions?.[name];
    if (version) return { name, version };
  }
  return navigator?.userAgent ? { name: 'browser', version: browserOf(navigator.userAgent) } : { name: 'unknown', version: '' };
}

/** What can be known of this machine from inside. */
export function environment(options: EnvironmentOptions = {}): Environment {
  const engine = globalThis as Engine;
  const { process, navigator } = engine;
  const runtime = runtimeOf(engine);
  const memory = navigator?.deviceMemory;
  return {
    runtime,
    os: {
      platform: process?.platform ?? navigator?.userAgentData?.platform ?? navigator?.platform ?? 'unknown',
      ...(process?.arch && { arch: process.arch }),
    },
    cpu: { ...(navigator?.hardwareConcurrency && { cores: navigator.hardwareConcurrency }) },
    ...(memory && { memoryBytes: memory * 2 ** 30 }),
    ...options,
    ...(runtime.name === 'browser' && { crossOriginIsolated: engine.crossOriginIsolated ?? false }),
  };
}
