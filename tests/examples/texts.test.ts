// Numbers of the page stay numbers at the borders of their units.
import { expect, it } from 'vitest';
import { bytesText, timeText } from '../../examples/browser-digits/src/dom';

it.each([
  [0.9996, '1.00 ms'],
  [0.0512, '51.2 µs'],
  [999.4, '999 ms'],
  [999.7, '1.00 s'],
])('%d ms is %s', (ms, text) => expect(timeText(ms)).toBe(text));

it.each([
  [999, '999 B'],
  [999_499, '999 kB'],
  [999_600, '1.00 MB'],
  [999_700_000, '1.00 GB'],
])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
