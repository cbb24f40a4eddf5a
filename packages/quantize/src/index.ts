export { type DynamicOptions, quantizeDynamic } from './dynamic/quantize-dynamic';
export type { ConvForm, DynamicRule, DynamicRules, DynamicWork, Outcome } from './dynamic/rule';
export { dynamicRules } from './dynamic/rules';
export { convertFloat } from './float/convert-float';
export type { FloatOptions } from './float/options';
