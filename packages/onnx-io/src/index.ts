export { cloneModel } from './ir/clone';
export * as edit from './ir/edit';
export { attr } from './ir/edit';
export type * from './ir/model';
export { freshName, functionKey, graphAddress, keyOf, opKey } from './ir/names';
export { orderedNodes } from './ir/order';
export { allGraphs, allNodes, definedValues, findValue, graphsOf, nestedGraphs, rootGraphs, scopes, subgraphs, visibleValues } from './ir/walk';
export type { Address, Change, Draft, Pass, Report, Skip, Transform, TransformOptions } from './transform';
export { addressOf, transform } from './transform';
