export { type DynamicOptions, quantizeDynamic } from './dynamic/quantize-dynamic';
export type { ConvForm, DynamicRule, DynamicRules, DynamicWork, Outcome } from './dynamic/rule';
export { dynamicRules } from './dynamic/rules';
export { convertFloat } from './float/convert-float';
export type { FloatOptions } from './float/options';
export { type CalibrateOptions, type CalibrationTable, calibrate, calibratedValues } from './static/calibrate';
export { type Calibrator, calibrators, minMax, percentile, type Range, type RangeTally } from './static/calibrator';
export { quantizeStatic, type StaticOptions } from './static/quantize-static';
export { type StaticRule, type StaticRules, staticRules } from './static/rules';
