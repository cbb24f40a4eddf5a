// What a file weighs, and measurements as the page shows them.
import type { Measurement, Ratio } from '@modeldiet/profiler';
import type { Faster, Timing } from '../questions';

/** Bytes after gzip: what a download of the file costs. */
export async function gzipped(bytes: Uint8Array): Promise<number> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream('gzip'));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

export const timingOf = ({ median, ci95, samples }: Measurement): Timing => ({ median, ci95, samples });
export const fasterOf = ({ ratio, ci95, verdict }: Ratio): Faster => ({ ratio, ci95, verdict });
