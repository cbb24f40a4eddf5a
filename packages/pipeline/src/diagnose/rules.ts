// What is looked for. A rule is a row; add one: one file in rules/, one line here.
import type { DiagnoseRule } from './finding';
import { lostFusion } from './rules/lost-fusion';
import { otherProvider } from './rules/other-provider';
import { saturatingKernel } from './rules/saturating-kernel';
import { slowConv } from './rules/slow-conv';
import { smallLayer } from './rules/small-layer';

export const diagnoseRules = {
  'small-layer': smallLayer,
  'saturating-kernel': saturatingKernel,
  'lost-fusion': lostFusion,
  'slow-conv': slowConv,
  'other-provider': otherProvider,
} as const satisfies Record<string, DiagnoseRule>;
