export { annotate } from './annotate';
export type { Axis, AxisEquation } from './axes';
export { axesOf, parseAxes } from './axes';
export type { Costs, NodeCost } from './costs';
export { costs } from './costs';
export {
  addDims,
  bindDim,
  ceilDivDims,
  equalDims,
  exactDivDims,
  floorDivDims,
  isStatic,
  maxDims,
  minDims,
  mulDims,
  normalizeDim,
  sizeOf,
  subDims,
  symbolsOf,
} from './dims';
export { errors } from './errors';
export type { AxesRule, CostRule, Elements, InferBody, OpFacts, OpTable, ShapeRule, Shapes, Tolerance, ValueRule } from './facts';
export { raiseOpset } from './opset/convert';
export type { InferOptions } from './shapes/infer';
export { inferShapes } from './shapes/infer';
export { copyMemory, type ShapeMemory, shapeMemory } from './shapes/memory';
export { table } from './table';
