// Patterns that one node of the same opset says.
import { attention } from '../rules/attention';
import { gelu } from '../rules/gelu';
import { gemm } from '../rules/gemm';
import { hardSigmoid, hardSwish } from '../rules/hard-sigmoid';
import { concatOfConcat, padIntoConv, squeezeOfSqueeze, unsqueezeOfUnsqueeze } from '../rules/merge';
import { layerNormalization, rmsNormalization } from '../rules/normalization';
import { sliceOfSlice } from '../rules/slice';
import { rulePass } from '../run-rules';

/**
 * Consecutive Unsqueeze, Squeeze, Concat, Slice; Pad into Conv; written-out HardSigmoid, HardSwish, Gelu, LayerNormalization, RMSNormalization, Attention; MatMul and Add as Gemm. The opset stays: what
 * it has no op for is a skip that says which opset has.
 */
export const fusePatterns = /* @__PURE__ */ rulePass('fusions', [
  unsqueezeOfUnsqueeze,
  squeezeOfSqueeze,
  concatOfConcat,
  sliceOfSlice,
  padIntoConv,
  hardSigmoid,
  hardSwish,
  gelu,
  layerNormalization,
  rmsNormalization,
  attention,
  gemm,
]);
