// Control flow, sequences, optionals and strings.

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

export const control: OpTable = {
  If: row(ifElse, 'exact', { values: takenBranch }),
  Loop: row(loop, 'exact'),
  Scan: row(scan, 'exact'),
  SequenceMap: row(sequenceMap, 'exact'),

  SequenceConstruct: row(sequenceConstruct, 'exact'),
  SequenceEmpty: row(sequenceEmpty, 'exact'),
  SequenceAt: row(sequenceAt, 'exact'),
  SequenceInsert: row(sequenceInsert, 'exact'),
  SequenceErase: row(sequenceErase, 'exact'),
  SequenceLength: row(toInt64Scalar, 'exact'),
  SplitToSequence: row(splitToSequence, 'exact'),
  ConcatFromSequence: row(concatFromSequence, 'exact'),
  Optional: row(optional, 'exact'),
  OptionalGetElement: row(optionalGetElement, 'exact'),
  OptionalHasElement: row(toBoolScalar, 'exact'),

  StringConcat: row(broadcastingTo('string'), 'exact'),
  StringSplit: row(stringSplit, 'exact'),
  StringNormalizer: row(stringNormalizer, 'exact'),
  RegexFullMatch: row(sameShape('bool'), 'exact'),
  TfIdfVectorizer: row(tfIdf, 'rounding'),
};
