import { describe, expect, it } from 'vitest';
import { formatBytes, formatCell, formatCount, formatInterval, formatMs, formatNumber, formatRatio, formatShare } from './format';

describe('formats', () => {
  it('groups counts', () => expect([formatCount(307414), formatCount(999), formatCount(-1234), formatCount(0)]).toEqual(['307,414', '999', '-1,234', '0']));
  it('keeps what is very small', () => expect([formatCount(1.2e-7), formatMs(2e-8)]).toEqual(['1.2e-7', '0.00002 µs']));
  it('gives sizes in decimal units', () =>
    expect([12, 999, 1000, 307414, 999_600, 4.02e9].map(formatBytes)).toEqual(['12 B', '999 B', '1.00 kB', '307 kB', '1.00 MB', '4.02 GB']));
  it('gives times in the unit that fits', () =>
    expect([0.0512, 0.99949, 0.99951, 12.345, 999.6, 61_000].map(formatMs)).toEqual(['51.2 µs', '999 µs', '1.00 ms', '12.3 ms', '1.00 s', '61.0 s']));
  it('gives shares and ratios', () =>
    expect([formatShare(0.97222), formatRatio(3.8149), formatRatio(0.262), formatRatio(1234.5)]).toEqual(['97.22 %', '3.81x', '0.262x', '1,235x']));
  it('keeps sizes exact in columns', () => expect(formatNumber(307414, 'bytes')).toBe('307,414'));
  it('gives both ends of an interval in one unit', () => {
    expect(formatInterval([0.0498, 0.0531], 'ms')).toBe('49.8–53.1 µs');
    expect(formatInterval([0.9, 1.2], 'ms')).toBe('0.900–1.20 ms');
    expect(formatInterval([900, 1200], 'ms')).toBe('0.900–1.20 s');
    expect(formatInterval([0.95, 0.985], 'share')).toBe('95.00–98.50 %');
  });
  it('formats cells', () => {
    expect(formatCell({ value: null }, 'ms')).toBe('');
    expect(formatCell({ value: true }, 'flag', '*')).toBe('*');
    expect(formatCell({ value: false }, 'flag')).toBe('');
    expect(formatCell({ value: 'int8' }, 'text')).toBe('int8');
  });
});
