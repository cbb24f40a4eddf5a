export { errors } from './errors';
export { type Group, groupsOf } from './groups';
export { type Importance, importances, l1, l2 } from './importance';
export { type PrunableRule, type PrunableRules, prunableRules } from './prunable';
export { maskStructured, type PrunePlan, pruneStructured, type StructuredOptions } from './structured';
export { type Masks, pruneUnstructured, type UnstructuredOptions } from './unstructured';
