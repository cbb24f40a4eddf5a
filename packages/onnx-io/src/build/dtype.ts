// Element types that an attribute sets: the ops whose output type no input gives.

import type { DType } from '@modeldiet/tensor';
import { dtypeOfCode } from '../dtypes';
import type { Node } from '../ir/model';
import { opKey } from '../ir/names';
import { param } from '../schema/param';

const byCode: Readonly<Record<string, string>> = {
  Cast: 'to',
  BitCast: 'to',
  RandomNormal: 'dtype',
  RandomUniform: 'dtype',
  RandomNormalLike: 'dtype',
  RandomUniformLike: 'dtype',
  Bernoulli: 'dtype',
  EyeLike: 'dtype',
  Multinomial: 'dtype',
  HannWindow: 'output_datatype',
  HammingWindow: 'output_datatype',
  BlackmanWindow: 'output_datatype',
  SequenceEmpty: 'dtype',
};

/** The element type of a node's outputs where an attribute says it. */
export function dtypeFromAttributes(node: Node): DType | undefined {
  const key = opKey(node);
  if (key === 'ConstantOfShape') {
    const value = param(node, 'value');
    return typeof value === 'object' && 'kind' in value && value.kind === 'tensor' && value.value.type !== 'sparse' && value.value.type !== 'opaque'
      ? value.value.type
      : 'float32';
  }
  const name = byCode[key];
  const code = name === undefined ? undefined : param(node, name);
  return typeof code === 'object' && 'kind' in code && code.kind === 'int' ? dtypeOfCode(Number(code.value)) : undefined;
}
