// Every rule of removeIdentities, in the order they are tried.
import type { Rule } from '../rule';
import { neutralElement } from './arithmetic';
import { castOfCast, castToSameType } from './cast';
import { clipNothing, twice, twiceNothing } from './clip';
import { dropout } from './dropout';
import { identity } from './identity';
import { ofOne, padNothing, reshapeNothing, reshapeOfReshape, sliceAll, tileOnce } from './reshape';
import { transposeBetweenReshapes, transposeNothing, transposeOfTranspose } from './transpose';

export const identityRules: readonly Rule[] = [
  identity,
  dropout,
  castToSameType,
  castOfCast,
  transposeOfTranspose,
  transposeNothing,
  transposeBetweenReshapes,
  reshapeOfReshape,
  reshapeNothing,
  tileOnce,
  padNothing,
  sliceAll,
  ofOne,
  neutralElement,
  clipNothing,
  twice,
  twiceNothing,
];
