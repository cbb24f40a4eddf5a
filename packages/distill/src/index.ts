export { type DistillOptions, distill } from './distill';
export { errors } from './errors';
export { type DistillLoss, distillLosses, type HiddenFeaturesOptions, hiddenFeatures, type SoftLabelsOptions, softLabels, type TeacherValue } from './losses';
