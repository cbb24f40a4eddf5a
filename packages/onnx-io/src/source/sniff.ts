// What a file that is no ONNX model is, by its first bytes, and what to do with it.
import type { ByteSource } from './byte-source';

export interface Sniffed {
  readonly what: string;
  readonly next: string;
}

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

interface Row extends Sniffed {
  readonly is: (text: string) => boolean;
}

const starts =
  (...magics: readonly string[]) =>
  (text: string): boolean =>
    magics.some((magic) => text.startsWith(magic));
const at4 = (magic: string) => (text: string) => text.slice(4, 8) === magic;

const rows: readonly Row[] = [
  { what: 'a Git LFS pointer', next: 'fetch the file itself with `git lfs pull`', is: starts('version https://git-lfs') },
  {
    what: 'an HTML page',
    next: 'the download gave a web page: take the address of the raw file',
    is: (text) => /^\s*<(!doctype html|html|head|body)/i.test(text),
  },
  { what: 'an ORT-format model (.ort)', next: 'take the .onnx file it was made from', is: at4('ORTM') },
  { what: 'a TensorFlow Lite model (.tflite)', next: 'convert it with tf2onnx (`--tflite`)', is: at4('TFL3') },
  { what: 'a GGUF file', next: 'take an ONNX export of the model', is: starts('GGUF') },
  { what: 'a safetensors file', next: 'it holds weights without a graph: export the model to ONNX', is: (text) => /^[\s\S]{8}\{\s*"/.test(text) },
  {
    what: 'a PyTorch checkpoint (.pt, .pth)',
    next: 'export the model with torch.onnx.export',
    is: (text) => text.startsWith('PK\x03\x04') && /data\.pkl|\/version|\/data\/|\.format_version/.test(text),
  },
  { what: 'a NumPy archive (.npz)', next: 'it holds arrays without a graph', is: (text) => text.startsWith('PK\x03\x04') && text.includes('.npy') },
  { what: 'a zip archive', next: 'unpack it and take the .onnx file in it', is: starts('PK\x03\x04', 'PK\x05\x06') },
  {
    what: 'a Python pickle (an old .pt or .pkl)',
    next: 'export the model with torch.onnx.export or skl2onnx',
    is: starts('\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'),
  },
  { what: 'a gzip file', next: 'unpack it with gunzip', is: starts('\x1f\x8b') },
  { what: 'a tar archive', next: 'unpack it and take the .onnx file in it', is: (text) => text.slice(257, 262) === 'ustar' },
  { what: 'a zstd, xz or bzip2 file', next: 'unpack it', is: starts('\x28\xb5\x2f\xfd', '\xfd7zXZ\x00', 'BZh') },
  { what: 'an HDF5 file (.h5, .keras)', next: 'convert it with tf2onnx', is: starts('\x89HDF\r\n') },
  { what: 'a NumPy array (.npy)', next: 'it holds an array without a graph', is: starts('\x93NUMPY') },
  { what: 'an XML file', next: "take the ONNX file, not OpenVINO's or another's", is: starts('<?xml') },
  { what: 'a JSON file', next: 'take the .onnx file', is: (text) => /^\s*[{[]\s*["{[\]}]/.test(text) },
  {
    what: 'an ONNX model in text form',
    next: 'parse it with onnx.parser and save it as .onnx',
    is: (text) => /^\s*(ir_version\s*:|<\s*ir_version)/.test(text),
  },
];

/** Undefined when the bytes are nothing that this table knows. */
export async function sniff(source: ByteSource): Promise<Sniffed | undefined> {
  const text = latin(await source.read(0, Math.min(source.size, 512)));
  return rows.find(({ is }) => is(text));
}
