// Where in onnx.proto weights can sit: the message types on the way to a TensorProto, by field number.

export interface MessageType {
  readonly name: string;
  /** Sub-messages that may hold a weight. */
  readonly children: ReadonlyMap<number, MessageType>;
  /** Of TensorProto: payload fields, and the length from which one is left in the file. */
  readonly payloads?: ReadonlyMap<number, number>;
}

/** Weights of at most this many bytes are always in memory. */
export const residentBytes = 1024;
// One element takes up to ten bytes as a varint: a payload up to this length may still be a small weight.
const varintBytes = 10 * residentBytes;

const message = (name: string, payloads?: readonly (readonly [number, number])[]): MessageType & { readonly children: Map<number, MessageType> } =>
  payloads ? { name, children: new Map(), payloads: new Map(payloads) } : { name, children: new Map() };

/** Field numbers of TensorProto's payloads. */
export const payloadFields = { floatData: 4, int32Data: 5, int64Data: 7, rawData: 9, doubleData: 10, uint64Data: 11 } as const;

const { floatData, int32Data, int64Data, rawData, doubleData, uint64Data } = payloadFields;
const tensor = message('TensorProto', [
  [floatData, residentBytes],
  [int32Data, varintBytes],
  [int64Data, varintBytes],
  [rawData, residentBytes],
  [doubleData, residentBytes],
  [uint64Data, varintBytes],
]);
const sparse = message('SparseTensorProto');
const attribute = message('AttributeProto');
const node = message('NodeProto');
const graph = message('GraphProto');
const fn = message('FunctionProto');
const training = message('TrainingInfoProto');
const model = message('ModelProto');

const tree: readonly (readonly [{ readonly children: Map<number, MessageType> }, Readonly<Record<number, MessageType>>])[] = [
  [model, { 7: graph, 20: training, 25: fn }],
  [training, { 1: graph, 2: graph }],
  [fn, { 7: node, 11: attribute }],
  [graph, { 1: node, 5: tensor, 15: sparse }],
  [node, { 5: attribute }],
  [attribute, { 5: tensor, 6: graph, 10: tensor, 11: graph, 22: sparse, 23: sparse }],
  [sparse, { 1: tensor, 2: tensor }],
];
for (const [parent, fields] of tree) for (const [field, child] of Object.entries(fields)) parent.children.set(Number(field), child);

export const modelType: MessageType = model;
export const tensorType: MessageType = tensor;
