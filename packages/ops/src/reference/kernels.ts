// THE TABLE of kernels by op key. A caller of inferShapes does not bundle it: it has its own entry, @modeldiet/ops/reference.
import type { OpKey } from '@modeldiet/onnx-io';
import type { Kernel } from './kernel';
import { kernels as attention } from './kernels/attention';
import { kernels as binary } from './kernels/binary';
import { kernels as cast } from './kernels/cast';
import { kernels as contrib } from './kernels/contrib';
import { kernels as contribAttention } from './kernels/contrib-attention';
import { kernels as contribEmbed } from './kernels/contrib-embed';
import { kernels as groupQuery } from './kernels/contrib-group-query';
import { kernels as qLinear } from './kernels/contrib-qlinear';
import { kernels as contribQuantized } from './kernels/contrib-quantized';
import { kernels as control } from './kernels/control';
import { kernels as conv } from './kernels/conv';
import { kernels as detection } from './kernels/detection';
import { kernels as gather } from './kernels/gather';
import { kernels as loss } from './kernels/loss';
import { kernels as make } from './kernels/make';
import { kernels as matrix } from './kernels/matrix';
import { kernels as ml } from './kernels/ml';
import { kernels as move } from './kernels/move';
import { kernels as norm } from './kernels/norm';
import { kernels as pool } from './kernels/pool';
import { kernels as quant } from './kernels/quant';
import { kernels as recurrent } from './kernels/recurrent';
import { kernels as reduce } from './kernels/reduce';
import { kernels as reshape } from './kernels/reshape';
import { kernels as resize } from './kernels/resize';
import { kernels as rotary } from './kernels/rotary';
import { kernels as sample } from './kernels/sample';
import { kernels as sequence } from './kernels/sequence';
import { kernels as signal } from './kernels/signal';
import { kernels as svm } from './kernels/svm';
import { kernels as text } from './kernels/text';
import { kernels as train } from './kernels/train';
import { kernels as trees } from './kernels/trees';
import { kernels as unary } from './kernels/unary';

/** Every reference kernel: `interpret(graph, feeds, { kernels: { ...kernels, 'my.domain:MyOp': mine } })`. */
export const kernels: Readonly<Record<OpKey, Kernel>> = {
  ...unary,
  ...binary,
  ...cast,
  ...reshape,
  ...move,
  ...gather,
  ...make,
  ...reduce,
  ...matrix,
  ...conv,
  ...pool,
  ...resize,
  ...norm,
  ...loss,
  ...recurrent,
  ...attention,
  ...quant,
  ...control,
  ...sequence,
  ...contrib,
  ...contribAttention,
  ...contribEmbed,
  ...contribQuantized,
  ...groupQuery,
  ...qLinear,
  ...rotary,
  ...detection,
  ...ml,
  ...sample,
  ...signal,
  ...svm,
  ...text,
  ...train,
  ...trees,
};
