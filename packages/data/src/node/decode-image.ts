// PNG and JPEG to pixels in Node, by pngjs and jpeg-js; the file's first bytes say which it is.
import type { ImageDecoder } from '../images/images';

/** Larger images are refused, so that a small hostile file cannot ask for all memory (CWE-789). */
const mostMegabytes = 512;

const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;
const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** Every kind of PNG and JPEG as 8-bit RGBA. Throws for what it cannot read. */
export const nodeDecoder: ImageDecoder = async (bytes) => {
  if (isPng(bytes)) {
    const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [across, down] = bytes.length < 24 ? [0, 0] : [head.getUint32(16), head.getUint32(20)];
    if (across * down * 4 > mostMegabytes * 2 ** 20) throw new Error(`${across} x ${down} pixels are more than ${mostMegabytes} MiB`);
    const { PNG } = await import('pngjs');
    const { width, height, data } = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return { width, height, data };
  }
  if (isJpeg(bytes)) {
    const { decode } = await import('jpeg-js');
    const { width, height, data } = decode(bytes, { useTArray: true, formatAsRGBA: true, maxMemoryUsageInMB: mostMegabytes });
    return { width, height, data };
  }
  throw new Error('neither a PNG nor a JPEG by its first bytes');
};
