// The node test cases of onnx, read from their tarball (ustar), for tests.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Every model.onnx of the node cases by the name of its case. */
export function nodeCases(): Map<string, Uint8Array> {
  const tar = gunzipSync(readFileSync('fixtures/onnx-node-cases-1.23.2.tar.gz'));
  const models = new Map<string, Uint8Array>();
  const text = (from: number, length: number): string => tar.toString('latin1', from, from + length).replace(/\0[\s\S]*$/, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const name = text(at, 100);
    if (name.endsWith('/model.onnx')) models.set(name.split('/').at(-2)!, new Uint8Array(tar.subarray(at + 512, at + 512 + size)));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return models;
}
