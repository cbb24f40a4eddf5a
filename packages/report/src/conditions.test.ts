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
