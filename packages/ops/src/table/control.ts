// Control flow, sequences, optionals and strings.

import { featureAxes, widenedAxes } from '../axes/indexing';
import type { OpTable } from '../facts';
import { ifElse, loop, scan, sequenceMap, takenBranch } from '../shapes/rules/control';
import { broadcastingTo, sameShape } from '../shapes/rules/elementwise';
import {
  concatFromSequence,
  optional,
  optionalGetElement,
  sequenceAt,
  sequenceConstruct,
  sequenceEmpty,
  sequenceErase,
  sequenceInsert,
  splitToSequence,
  stringNormalizer,
  stringSplit,
  tfIdf,
  toBoolScalar,
  toInt64Scalar,
} from '../shapes/rules/sequence';
import { row } from './row';

const ofBodies = { noAxes: 'its inputs and outputs are those of the bodies it runs, which have equations of their own' } as const;
const ofSequences = { noAxes: 'a sequence or an optional holds tensors of any shape' } as const;

export const control: OpTable = {
  If: row(ifElse, 'exact', { ...ofBodies, values: takenBranch }),
  Loop: row(loop, 'exact', ofBodies),
  Scan: row(scan, 'exact', ofBodies),
  SequenceMap: row(sequenceMap, 'exact', ofBodies),

  SequenceConstruct: row(sequenceConstruct, 'exact', ofSequences),
  SequenceEmpty: row(sequenceEmpty, 'exact', ofSequences),
  SequenceAt: row(sequenceAt, 'exact', ofSequences),
  SequenceInsert: row(sequenceInsert, 'exact', ofSequences),
  SequenceErase: row(sequenceErase, 'exact', ofSequences),
  SequenceLength: row(toInt64Scalar, 'exact', ofSequences),
  SplitToSequence: row(splitToSequence, 'exact', ofSequences),
  ConcatFromSequence: row(concatFromSequence, 'exact', ofSequences),
  Optional: row(optional, 'exact', ofSequences),
  OptionalGetElement: row(optionalGetElement, 'exact', ofSequences),
  OptionalHasElement: row(toBoolScalar, 'exact', ofSequences),

  StringConcat: row(broadcastingTo('string'), 'exact', { axes: '...,...->...' }),
  StringSplit: row(stringSplit, 'exact', { axes: widenedAxes(true) }),
  StringNormalizer: row(stringNormalizer, 'exact', { axes: '_->_' }),
  RegexFullMatch: row(sameShape('bool'), 'exact', { axes: '...->...' }),
  TfIdfVectorizer: row(tfIdf, 'rounding', { axes: featureAxes(false) }),
};
