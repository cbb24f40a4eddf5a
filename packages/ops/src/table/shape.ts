// Ops that move, select or make elements.

import { intOf } from '../attributes';
import { unknown } from '../dims';
import type { OpTable } from '../facts';
import { shapeAt, tensor } from '../shapes/rule';
import { expand, same, sameShapeTyped } from '../shapes/rules/elementwise';
import {
  centerCropPad,
  compress,
  concat,
  constantOfShape,
  depthToSpace,
  flatten,
  gather,
  gatherElements,
  gatherND,
  oneHot,
  pad,
  range,
  reshape,
  spaceToDepth,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from '../shapes/rules/move';
import { nonZero, unique } from '../shapes/rules/reduce';
import { toInt64Scalar } from '../shapes/rules/sequence';
import { dft, imageDecoder, melWeightMatrix, multinomial, random, stft, windowFunction } from '../shapes/rules/signal';
import { slice } from '../shapes/rules/slice';
import { values } from '../shapes/values/move';
import { row, rows } from './row';

export const shape: OpTable = {
  Shape: row(
    (node, shapes) => {
      const dims = shapeAt(node, shapes, 0);
      const clamp = (at: number, rank: number): number => Math.min(Math.max(at < 0 ? at + rank : at, 0), rank);
      const length = dims && Math.max(0, clamp(intOf(node, 'end', dims.length), dims.length) - clamp(intOf(node, 'start', 0), dims.length));
      return [tensor('int64', [length ?? unknown])];
    },
    'exact',
    { values: values.Shape },
  ),
  Size: row(toInt64Scalar, 'exact', { values: values.Size }),
  Reshape: row(reshape, 'exact', { values: values.Reshape }),
  Flatten: row(flatten, 'exact', { values: values.Flatten }),
  Transpose: row(transpose, 'exact', { values: values.Transpose }),
  Squeeze: row(squeeze, 'exact', { values: values.Squeeze }),
  Unsqueeze: row(unsqueeze, 'exact', { values: values.Unsqueeze }),
  Concat: row(concat, 'exact', { values: values.Concat }),
  Split: row(split, 'exact', { values: values.Split }),
  Slice: row(slice, 'exact', { values: values.Slice }),
  Pad: row(pad, 'exact'),
  Expand: row(expand, 'exact', { values: values.Expand }),
  Tile: row(tile, 'exact', { values: values.Tile }),
  Gather: row(gather, 'exact', { values: values.Gather }),
  GatherElements: row(gatherElements, 'exact', { values: values.GatherElements }),
  GatherND: row(gatherND, 'exact'),
  ScatterElements: row(same, 'accumulate', { values: values.ScatterElements }),
  Scatter: row(same, 'exact', { values: values.ScatterElements }),
  ScatterND: row(same, 'accumulate', { values: values.ScatterND }),
  TensorScatter: row(same, 'exact'),
  Compress: row(compress, 'exact'),
  ReverseSequence: row(same, 'exact'),
  DepthToSpace: row(depthToSpace, 'exact'),
  SpaceToDepth: row(spaceToDepth, 'exact'),
  Trilu: row(same, 'exact'),
  OneHot: row(oneHot, 'exact'),
  NonZero: row(nonZero, 'exact', { values: values.NonZero }),
  Unique: row(unique, 'exact'),
  CenterCropPad: row(centerCropPad, 'exact'),

  ConstantOfShape: row(constantOfShape, 'exact', { values: values.ConstantOfShape }),
  Range: row(range, 'rounding', { values: values.Range }),
  EyeLike: row(sameShapeTyped('dtype'), 'exact'),
  ...rows(['RandomNormal', 'RandomUniform'], row(random, 'approximate')),
  ...rows(['RandomNormalLike', 'RandomUniformLike', 'Bernoulli'], row(sameShapeTyped('dtype'), 'approximate')),
  Multinomial: row(multinomial, 'approximate'),

  DFT: row(dft, 'approximate'),
  STFT: row(stft, 'approximate'),
  ...rows(['HannWindow', 'HammingWindow', 'BlackmanWindow'], row(windowFunction, 'approximate')),
  MelWeightMatrix: row(melWeightMatrix, 'approximate'),
  ImageDecoder: row(imageDecoder, 'approximate'),
};
