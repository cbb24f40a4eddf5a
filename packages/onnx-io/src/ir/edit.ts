// The only writer of a graph. Every function keeps use-def exact, names unique in their scope, and drops `model.origin`.
export { attr, attributeOf } from './edit/attr';
export type { NewFunction } from './edit/graph';
export { addFunction, addOutput, addSubgraph, discardSubgraph, orderInputs, removeFunction, renameGraph, setOutputs } from './edit/graph';
export { setIrVersion, setOpset, setProducer } from './edit/model';
export type { NewNode, NewOutput } from './edit/node';
export { addNode, addNodeOutput, removeNode, removeNodeOutput, renameNode, setAttribute, setInput, setInputs, setOpType, takeSubgraphs } from './edit/node';
export type { InsertedNode } from './edit/replace';
export { insertAfter, insertBefore, replaceUses, replaceValue } from './edit/replace';
export { outputCount } from './edit/scope';
export {
  addInitializer,
  addInput,
  constantToInitializer,
  fixInitializer,
  initializerToConstant,
  removeValue,
  renameValue,
  replaceByConstants,
  setDoc,
  setInitializer,
  setMetadata,
  setType,
  typeOfConstant,
} from './edit/value';
export { freshName } from './names';
