import { expect, it } from 'vitest';
import { conditions } from './conditions';

it('puts known conditions first and spells values out', () => {
  expect(
    conditions({
      cpuFlags: ['avx2', 'fma'],
      memoryBytes: 16e9,
      threads: 1,
      cpu: 'X',
      gpu: null,
      warm: true,
      cache: { mode: 'hot', l3Bytes: 32e6, none: undefined },
    }),
  ).toEqual([
    { label: 'threads', text: '1' },
    { label: 'CPU', text: 'X' },
    { label: 'cpu flags', text: 'avx2, fma' },
    { label: 'memory', text: '16.0 GB' },
    { label: 'warm', text: 'yes' },
    { label: 'cache', text: 'mode hot, l3 bytes 32.0 MB' },
  ]);
});

it('reads the environment of the profiler', () => {
  const os = { platform: 'linux', release: '6.1', arch: 'x64' };
  expect(
    conditions({ runtime: { name: 'node', version: '20.19.0' }, os, cpu: { model: 'EPYC', cores: 2, flags: ['avx2', 'fma'] }, ort: 'onnxruntime-node 1.30.0' }),
  ).toEqual([
    { label: 'ONNX Runtime', text: 'onnxruntime-node 1.30.0' },
    { label: 'runtime', text: 'node 20.19.0' },
    { label: 'CPU', text: 'EPYC, cores 2, flags avx2, fma' },
    { label: 'system', text: 'linux 6.1 x64' },
  ]);
});
