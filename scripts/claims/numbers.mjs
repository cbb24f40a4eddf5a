// Claims that arithmetic decides: bits of a float, ranges of the half formats, sizes of language models.
import { bfloat16, decode, encode, float16, float32, formats, int8 } from '@modeldiet/numfmt';
import { formatBytes, formatCount } from '@modeldiet/pipeline';

function subnormalRow() {
  const least = decode(1, float32);
  const most = decode(0x007fffff, float32);
  const codes = 2 * 2 ** 23;
  return {
    claim: 'All exponent bits zero means the number is zero',
    measured: `${formatCount(codes)} float32 codes have them; two are zero (0 and -0), the others are the numbers from ${least.toPrecision(3)} to ${most.toPrecision(3)} and their negatives`,
    holds: least === 0 ? 'yes' : 'no',
    note: 'The lecture simplifies. These are the subnormals: no leading 1, exponent fixed at -126. `npx modeldiet explain 1e-45` shows one.',
  };
}

function halvesRow() {
  const [big, third] = [70_000, 1 / 3];
  const of = (x, format) => decode(encode(x, format), format);
  return {
    claim: 'float16 is finer, bfloat16 reaches further',
    measured: `${formatCount(big)} becomes ${of(big, float16)} in float16 and ${formatCount(of(big, bfloat16))} in bfloat16; 1/3 is off by ${Math.abs(of(third, float16) - third).toExponential(1)} and ${Math.abs(of(third, bfloat16) - third).toExponential(1)}`,
    holds: of(big, float16) === Number.POSITIVE_INFINITY && Math.abs(of(third, float16) - third) < Math.abs(of(third, bfloat16) - third) ? 'yes' : 'no',
    note: 'Both are 16 bits: 5 of exponent and 10 of fraction, or 8 (as float32) and 7.',
  };
}

/** What is left of many small steps when every sum is rounded to a format. */
function stepped(format, scale = 1, from = 0.24, step = 1e-7, times = 10_000) {
  const round = (x) => decode(encode(x / scale, format), format) * scale;
  let x = round(from);
  const first = x;
  for (let i = 0; i < times; i++) x = round(x + step);
  return { moved: x !== first, by: x - first };
}

function trainingRow() {
  const codes = { float32: stepped(float32), float16: stepped(float16), bfloat16: stepped(bfloat16), int8: stepped(int8, 0.81 / 127) };
  const text = Object.entries(codes).map(([name, { moved, by }]) => `${name} ${moved ? `by ${by.toExponential(2)}` : 'not at all'}`);
  return {
    claim: 'Training needs float32: in shorter formats small updates vanish',
    measured: `1e-7 added 10,000 times to 0.24 should move it by 1.00e-3; it moves ${text.join(', ')}`,
    holds: codes.float32.moved && !codes.float16.moved && !codes.int8.moved ? 'yes' : 'no',
    note: 'For the copy of the weights that the updates are added to. The products of a step may well be shorter (mixed precision), and quantization-aware training rounds only what the forward pass reads.',
  };
}

/** Sizes from the published architectures. Llama: Touvron et al., 2023, table 2. GPT-3: Brown et al., 2020, table 2.1. BERT: Devlin et al., 2019. */
const llama7 = ({ vocabulary = 32_000, width = 4096, hidden = 11_008, layers = 32 } = {}) =>
  2 * vocabulary * width + layers * (4 * width * width + 3 * width * hidden + 2 * width) + width;
const gpt3 = ({ vocabulary = 50_257, context = 2048, width = 12_288, layers = 96 } = {}) =>
  (vocabulary + context) * width + layers * (12 * width * width + 13 * width) + 2 * width;
const bertBase = ({ vocabulary = 30_522, positions = 512, types = 2, width = 768, layers = 12 } = {}) =>
  (vocabulary + positions + types) * width + 2 * width + layers * (12 * width * width + 13 * width) + width * width + width;

function sizeRow(claim, name, parameters, holds) {
  const bytes = ['float32', 'float16', 'int8', 'int4'].map((format) => `${format} ${formatBytes((parameters * formats[format].bits) / 8)}`);
  return {
    claim,
    measured: `${name}: ${formatCount(parameters)} parameters; ${bytes.join(', ')}; int4 in blocks of 32 with a float16 scale each: ${formatBytes((parameters * 4.5) / 8)}`,
    holds: holds(parameters) ? 'yes' : 'no',
    note: 'Computed from the published architecture, weights alone; what a run holds (activations, the cache of keys and values) comes on top.',
  };
}

const close = (value, said) => Math.abs(value / said - 1) < 0.05;

export const numberClaims = () => [
  subnormalRow(),
  halvesRow(),
  trainingRow(),
  sizeRow('LLaMA-7B is 7 billion times 4 bytes, 28 GB, in float32', 'LLaMA-7B', llama7(), (n) => close(4 * n, 28e9)),
  sizeRow('GPT-3 is 175 billion parameters, 700 GB in float32', 'GPT-3', gpt3(), (n) => close(4 * n, 700e9)),
  sizeRow('BERT-base is 110 million parameters, 440 MB', 'BERT-base', bertBase(), (n) => close(4 * n, 440e6)),
];
