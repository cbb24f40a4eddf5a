// A matrix is quantized strip by strip; the whole at once is the oracle.
import { chooseQParams, perBlock, quantizeLinear, uint4 } from '@modeldiet/numfmt';
import { toFloat32 } from '@modeldiet/tensor';
import { expect, test } from 'vitest';
import { modelOf, normals } from '../testing';
import { quantizeWeights } from './quantize-weights';

for (const [what, K, dims, transB] of [
  ['a matrix that is transposed', 300, [300, 2500], 0],
  ['a matrix as it is stored', 320, [2500, 320], 1],
  ['rows that do not fill blocks', 300, [2500, 300], 1],
] as const)
  test(`${what}: many strips are one matrix`, async () => {
    const w = normals('w', dims);
    const { model } = await quantizeWeights(
      modelOf((g) => g.op('Gemm', [g.input('x', 'float32', [1, K]), w], { transB })),
      { bits: 4, scheme: 'asymmetric' },
    );
    const [node] = [...model.graph.nodes].filter(({ opType }) => opType === 'MatMulNBits');
    const [, codes, scales, zeroPoints] = node!.inputs.map((value) => value!.initializer);
    const padded = Math.ceil(K / 32) * 32;
    const values = toFloat32(w);
    const rows = new Float32Array(2500 * padded);
    for (let n = 0; n < 2500; n++) for (let k = 0; k < K; k++) rows[n * padded + k] = values[transB ? n * K + k : k * 2500 + n]!;
    const qparams = chooseQParams(rows, { format: uint4, scheme: 'asymmetric', granularity: perBlock(32, 1), dims: [2500, padded] });
    const same = (held: unknown, expected: ArrayBufferView): boolean =>
      Buffer.compare(Buffer.from((held as { readonly data: Uint8Array }).data.buffer), Buffer.from(expected.buffer)) === 0;
    expect(same(codes, quantizeLinear(rows, qparams) as Uint8Array)).toBe(true);
    expect(same(scales, qparams.scale)).toBe(true);
    const packed = (zeroPoints as { readonly data: Uint8Array }).data;
    const blocks = padded / 32;
    expect(
      Array.from(qparams.zeroPoint, (_, i) => (packed[Math.floor(i / blocks) * Math.ceil(blocks / 2) + ((i % blocks) >> 1)]! >> (4 * ((i % blocks) & 1))) & 15),
    ).toEqual([...qparams.zeroPoint]);
  });
