// The table of passes: name -> what it does, in the order simplify runs them.
import type { Pass } from '@modeldiet/onnx-io';
import { constantsToInitializers } from './passes/constants-to-initializers';
import { removeDeadCode } from './passes/dead-code';
import { mergeDuplicates, mergeEqualWeights } from './passes/duplicates';
import { foldArithmetic, foldConstants } from './passes/folding';
import { fusePatterns } from './passes/fusions';
import { removeIdentities } from './passes/identities';
import { stripMetadata } from './passes/metadata';
import { mergeExtents, simplifyShapes } from './passes/shapes';

export interface NamedPass {
  readonly name: string;
  readonly says: string;
  readonly run: Pass;
}

export const passes = [
  { name: 'constants', says: 'Constant nodes become initializers', run: constantsToInitializers },
  { name: 'folding', says: 'what is known before the model runs becomes a constant', run: foldConstants },
  { name: 'shapes', says: 'reshape targets as numbers, states and joins of zeros', run: simplifyShapes },
  { name: 'extents', says: 'extents that are computed in several places are computed once', run: mergeExtents },
  { name: 'identities', says: 'nodes that change nothing go, consecutive ones are joined', run: removeIdentities },
  { name: 'arithmetic', says: 'BatchNormalization and arithmetic by channel go into the weights before them', run: foldArithmetic },
  { name: 'fusions', says: 'patterns that one node says', run: fusePatterns },
  { name: 'duplicates', says: 'what is computed twice is computed once', run: mergeDuplicates },
  { name: 'weights', says: 'equal weights are stored once', run: mergeEqualWeights },
  { name: 'dead-code', says: 'what nothing reads goes', run: removeDeadCode },
] as const satisfies readonly NamedPass[];

/** Passes that run only when asked for by name. */
export const morePasses = [
  { name: 'metadata', says: 'doc strings and metadata that no runtime reads go', run: stripMetadata },
] as const satisfies readonly NamedPass[];

export type PassName = (typeof passes)[number]['name'] | (typeof morePasses)[number]['name'];
