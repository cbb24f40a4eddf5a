// Patterns that one node of the same opset says.
import { gemm } from '../rules/gemm';
import { hardSigmoid, hardSwish } from '../rules/hard-sigmoid';
import { concatOfConcat, padIntoConv, squeezeOfSqueeze, unsqueezeOfUnsqueeze } from '../rules/merge';
import { rulePass } from '../run-rules';

/** Consecutive Unsqueeze, Squeeze, Concat; Pad into Conv; written-out HardSigmoid and HardSwish; MatMul and Add as Gemm. The opset stays. */
export const fusePatterns = /* @__PURE__ */ rulePass('fusions', [
  unsqueezeOfUnsqueeze,
  squeezeOfSqueeze,
  concatOfConcat,
  padIntoConv,
  hardSigmoid,
  hardSwish,
  gemm,
]);
