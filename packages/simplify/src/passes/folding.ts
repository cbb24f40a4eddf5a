// Folding: what is known before the model runs, and arithmetic that weights can take over.
import { foldBatchNormalization } from '../rules/batch-normalization';
import { foldConstants as constants } from '../rules/fold-constants';
import { knownBranch } from '../rules/known-branch';
import { foldPerChannel } from '../rules/per-channel';
import { rulePass } from '../run-rules';

/** Nodes whose result is known (constant inputs, shapes) become constants, up to what may be added to the file; an If whose condition is known becomes its branch. */
export const foldConstants = /* @__PURE__ */ rulePass('constants', [constants, knownBranch]);

/** BatchNormalization, and Mul, Div, Add, Sub by one number a channel, go into the Conv, ConvTranspose or Gemm before them. */
export const foldArithmetic = /* @__PURE__ */ rulePass('arithmetic', [foldBatchNormalization, foldPerChannel]);
