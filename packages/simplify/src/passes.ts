// The table of passes: name -> what it does, in the order simplify runs them.
import type { Pass } from '@modeldiet/onnx-io';
import { constantsToInitializers } from './passes/constants-to-initializers';
import { removeDeadCode } from './passes/dead-code';
import { removeIdentities } from './passes/identities';

export interface NamedPass {
  readonly name: string;
  readonly says: string;
  readonly run: Pass;
}

export const passes = [
  { name: 'constants', says: 'Constant nodes become initializers', run: constantsToInitializers },
  { name: 'identities', says: 'nodes that change nothing go, consecutive ones are joined', run: removeIdentities },
  { name: 'dead-code', says: 'what nothing reads goes', run: removeDeadCode },
] as const satisfies readonly NamedPass[];

export type PassName = (typeof passes)[number]['name'];
