// Ops that move, select or make elements.

import { intOf } from '../attributes';
import {
  dftAxes,
  droppedAxes,
  gatherElementsAxes,
  gatherNDAxes,
  oneHotAxes,
  scatterElementsAxes,
  scatterNDAxes,
  stftAxes,
  tensorScatterAxes,
  tileAxes,
} from '../axes/indexing';
import { blockAxes, concatAxes, gatherAxes, padAxes, reshapeAxes, sliceAxes, splitAxes, squeezeAxes, transposeAxes, unsqueezeAxes } from '../axes/movement';
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
    { axes: '_->_', values: values.Shape },
  ),
  Size: row(toInt64Scalar, 'exact', { axes: '_->_', values: values.Size }),
  Reshape: row(reshape, 'exact', { axes: reshapeAxes, values: values.Reshape }),
  Flatten: row(flatten, 'exact', { axes: reshapeAxes, values: values.Flatten }),
  Transpose: row(transpose, 'exact', { axes: transposeAxes, values: values.Transpose }),
  Squeeze: row(squeeze, 'exact', { axes: squeezeAxes, values: values.Squeeze }),
  Unsqueeze: row(unsqueeze, 'exact', { axes: unsqueezeAxes, values: values.Unsqueeze }),
  Concat: row(concat, 'exact', { axes: concatAxes, values: values.Concat }),
  Split: row(split, 'exact', { axes: splitAxes, values: values.Split }),
  Slice: row(slice, 'exact', { axes: sliceAxes, values: values.Slice }),
  Pad: row(pad, 'exact', { axes: padAxes }),
  Expand: row(expand, 'exact', { axes: '...,_->...', values: values.Expand }),
  Tile: row(tile, 'exact', { axes: tileAxes, values: values.Tile }),
  Gather: row(gather, 'exact', { axes: gatherAxes, values: values.Gather }),
  GatherElements: row(gatherElements, 'exact', { axes: gatherElementsAxes, values: values.GatherElements }),
  GatherND: row(gatherND, 'exact', { axes: gatherNDAxes }),
  ScatterElements: row(same, 'accumulate', { axes: scatterElementsAxes, values: values.ScatterElements }),
  Scatter: row(same, 'exact', { axes: scatterElementsAxes, values: values.ScatterElements }),
  ScatterND: row(same, 'accumulate', { axes: scatterNDAxes, values: values.ScatterND }),
  TensorScatter: row(same, 'exact', { axes: tensorScatterAxes }),
  Compress: row(compress, 'exact', { axes: droppedAxes(0) }),
  ReverseSequence: row(same, 'exact', { axes: '*,_->*' }),
  DepthToSpace: row(depthToSpace, 'exact', { axes: blockAxes(true) }),
  SpaceToDepth: row(spaceToDepth, 'exact', { axes: blockAxes(false) }),
  Trilu: row(same, 'exact', { axes: (node) => `*${node.inputs[1] ? ',_' : ''}->*` }),
  OneHot: row(oneHot, 'exact', { axes: oneHotAxes }),
  NonZero: row(nonZero, 'exact', { axes: '_->_', values: values.NonZero }),
  Unique: row(unique, 'exact', { axes: droppedAxes(3) }),
  CenterCropPad: row(centerCropPad, 'exact', { axes: '*,_->*' }),

  ConstantOfShape: row(constantOfShape, 'exact', { axes: '_->_', values: values.ConstantOfShape }),
  Range: row(range, 'rounding', { axes: '_,_,_->_', values: values.Range }),
  EyeLike: row(sameShapeTyped('dtype'), 'exact', { axes: '_->_' }),
  ...rows(['RandomNormal', 'RandomUniform'], row(random, 'approximate', { axes: '->_' })),
  ...rows(['RandomNormalLike', 'RandomUniformLike', 'Bernoulli'], row(sameShapeTyped('dtype'), 'approximate', { axes: '...->...' })),
  Multinomial: row(multinomial, 'approximate', { axes: 'nc!->n_' }),

  DFT: row(dft, 'approximate', { axes: dftAxes }),
  STFT: row(stft, 'approximate', { axes: stftAxes }),
  ...rows(['HannWindow', 'HammingWindow', 'BlackmanWindow'], row(windowFunction, 'approximate', { axes: '_->_' })),
  MelWeightMatrix: row(melWeightMatrix, 'approximate', { axes: '_,_,_,_,_->_' }),
  ImageDecoder: row(imageDecoder, 'approximate', { axes: '_->_' }),
};
