// The machine as Node sees it: CPU model and vector extensions, memory, OS release.
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { type Environment, type EnvironmentOptions, environment as fromInside } from '../environment';

/** The extensions that decide which kernel runs: x86 as Linux names them, then Arm. */
const kernelFlags = new Set(
  'sse4_1 sse4_2 avx avx2 fma f16c avx512f avx512bw avx512vl avx512_vnni avx512_bf16 avx512_fp16 avx_vnni avx_vnni_int8 amx_tile amx_int8 amx_bf16 asimd asimdhp asimddp i8mm bf16 sve sve2 sme'.split(
    ' ',
  ),
);

/** The extensions in /proc/cpuinfo's text: its line `flags` (x86) or `Features` (Arm). */
export function flagsIn(cpuinfo: string): string[] {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  return line.split(/\s+/).filter((flag) => kernelFlags.has(flag));
}

function flags(): string[] | undefined {
  try {
    return flagsIn(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    // Linux only; elsewhere the flags stay unknown.
    return undefined;
  }
}

/** Like `environment` of `@modeldiet/profiler`, with the CPU's model and flags, memory and OS release. */
export function environment(options: EnvironmentOptions = {}): Environment {
  const all = cpus();
  const known = flags();
  return {
    ...fromInside(options),
    os: { platform: platform(), release: release(), arch: arch() },
    cpu: { model: all[0]?.model.trim(), cores: all.length, ...(known && { flags: known }) },
    memoryBytes: totalmem(),
  };
}
