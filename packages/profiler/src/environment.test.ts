import { cpus } from 'node:os';
import { expect, test } from 'vitest';
import { environment } from './environment';
import { flagsIn, environment as nodeEnvironment } from './node/environment';
import { memoryNow, peakRss } from './node/memory';

test('from inside: runtime, platform, cores, and what the caller adds', () => {
  const here = environment({ ort: 'onnxruntime-node 1.30.0' });
  expect(here.runtime).toEqual({ name: 'node', version: process.versions.node });
  expect(here.os.platform).toBe(process.platform);
  expect(here.ort).toBe('onnxruntime-node 1.30.0');
  expect(here).not.toHaveProperty('crossOriginIsolated');
  expect(JSON.parse(JSON.stringify(here))).toEqual(here);
});

test('Node adds the CPU and the memory', () => {
  const here = nodeEnvironment();
  expect(here.cpu.model).toBe(cpus()[0]!.model.trim());
  expect(here.cpu.cores).toBe(cpus().length);
  expect(here.memoryBytes).toBeGreaterThan(2 ** 28);
});

test('flags are read from x86 and Arm cpuinfo', () => {
  expect(flagsIn('processor : 0\nflags\t\t: fpu avx avx2 fma popcnt avx512_vnni\nbugs : x')).toEqual(['avx', 'avx2', 'fma', 'avx512_vnni']);
  expect(flagsIn('processor : 0\nFeatures : fp asimd asimddp i8mm')).toEqual(['asimd', 'asimddp', 'i8mm']);
  expect(flagsIn('nothing here')).toEqual([]);
});

test('peak memory never falls below what is resident', () => {
  const before = peakRss();
  const held = new Uint8Array(64 * 2 ** 20).fill(1);
  const now = memoryNow();
  expect(held[0]).toBe(1);
  expect(now.peakRssBytes).toBeGreaterThanOrEqual(now.rssBytes);
  expect(now.peakRssBytes).toBeGreaterThanOrEqual(before);
  expect(now.arrayBuffersBytes).toBeGreaterThan(60 * 2 ** 20);
});
