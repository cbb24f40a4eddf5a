// Nodes that give back what they got, and chains of transposes, reshapes and casts that one node can say.

import { identityRules } from '../rules';
import { rulePass } from '../run-rules';

/** Removes Identity, Dropout at inference, Cast, Transpose, Reshape and others where they provably change nothing; joins consecutive ones. */
export const removeIdentities = /* @__PURE__ */ rulePass('identities', identityRules);
