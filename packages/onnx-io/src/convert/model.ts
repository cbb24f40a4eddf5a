// ModelProto <-> Model: opsets, functions, training steps around the graphs.
import { fail } from '../errors';
import { type Keeps, type KeptGraph, type KeptModel, type KeptOpset, kept, type Mutable, makeFunction, makeModel } from '../ir/make';
import type { Attribute, Model, ModelFunction, TrainingInfo } from '../ir/model';
import { functionKey } from '../ir/names';
import { nestedGraphs } from '../ir/walk';
import type { FunctionProto, ModelProto, OperatorSetIdProto, StringStringEntryProto, TrainingInfoProto } from '../wire/codec';
import { attributeFrom } from './attribute';
import type { AttributePlan } from './attribute-rows';
import { bindingsFrom, entriesTo, extraFrom, extraTo, presentBits, presentTo } from './extra';
import { fillGraph, functionLike, graphFrom, graphLike, graphPresent, type LoadContext, type Scope } from './graph-from';
import { functionPresent, functionTo, graphTo, opsetDomain, opsetsTo } from './graph-to';
import type { SavePlan } from './tensor-to';

const modelPresent = ['irVersion', 'producerName', 'producerVersion', 'domain', 'modelVersion'] as const;

function opsetsFrom(list: readonly OperatorSetIdProto[] = []): { opsets: Map<string, number>; keptOpsets: KeptOpset[] } {
  const opsets = new Map<string, number>();
  const keptOpsets = list.map((entry) => {
    opsets.set(opsetDomain(entry.domain), Number(entry.version ?? 0));
    return {
      ...(Object.hasOwn(entry, 'domain') && { domain: entry.domain }),
      ...(Object.hasOwn(entry, 'version') && { version: entry.version }),
      unknown: entry.$unknowns ?? [],
    };
  });
  return { opsets, keptOpsets };
}

/** Throws `onnx-io/no-graph`, `no-opsets`, and what the parts throw. */
export function modelFrom(message: ModelProto, context: LoadContext): Model {
  const file = context.source.name;
  if (!message.graph) throw fail('no-graph', { where: { file } });
  const { opsets, keptOpsets } = opsetsFrom(message.opsetImport);
  const irVersion = Number(message.irVersion ?? 0);
  if (irVersion >= 3 && !opsets.size && !context.lenient) throw fail('no-opsets', { where: { file } });
  const model: Mutable<Model> = makeModel({
    ...extraFrom(message, 14),
    irVersion,
    opsets,
    producer: { name: message.producerName ?? '', version: message.producerVersion ?? '' },
    domain: message.domain ?? '',
    modelVersion: message.modelVersion ?? 0,
    graph: { ...extraFrom(message.graph, 16), name: message.graph.name },
    [kept]: { present: presentBits(message, modelPresent), opsets: keptOpsets },
  }) as Mutable<Model>;
  const main = fillGraph(model.graph, graphLike(message.graph), undefined, context, presentBits(message.graph, graphPresent));
  for (const proto of message.functions ?? []) functionFrom(model as Model, proto, context);
  if (model.functions.size && !context.lenient) refuseRecursion(model as Model, file);
  for (const proto of message.trainingInfo ?? [])
    (model.training as TrainingInfo[]).push(trainingFrom(model as Model, proto, { ...main, open: true }, context));
  return model as Model;
}

function functionFrom(model: Model, message: FunctionProto, context: LoadContext): void {
  const { opsets, keptOpsets } = opsetsFrom(message.opsetImport);
  const { name = '', domain = '', overload = '' } = message;
  const key = functionKey(domain, name, overload);
  if (model.functions.has(key)) throw fail('duplicate-name', { where: { file: context.source.name, graph: key } }, 'two functions have the same name');
  const attributes = new Map<string, Attribute | undefined>((message.attribute ?? []).map((attribute) => [attribute, undefined]));
  const fn = makeFunction(model, { ...extraFrom(message, 14), name, domain, overload, opsets, attributes });
  const scope = fillGraph(fn, functionLike(message), undefined, context);
  for (const attribute of message.attributeProto ?? [])
    attributes.set(
      attribute.name ?? '',
      attributeFrom(attribute, context, (proto) => graphFrom(model, proto, scope, context).graph),
    );
  const about = (fn as ModelFunction & Keeps<KeptGraph>)[kept]!;
  Object.assign(fn, { [kept]: { ...about, present: presentBits(message, functionPresent), opsets: keptOpsets } });
  (model.functions as Map<string, ModelFunction>).set(key, fn);
}

/** A function that calls itself, by whatever way, has no end (ONNX IR: functions must not be recursive). */
function refuseRecursion(model: Model, file: string | undefined): void {
  const done = new Set<string>();
  const open = new Set<string>();
  const calls = (key: string): string[] => {
    const found: string[] = [];
    for (const graph of nestedGraphs(model.functions.get(key)!))
      for (const { domain, opType, overload } of graph.nodes)
        if (model.functions.has(functionKey(domain, opType, overload))) found.push(functionKey(domain, opType, overload));
    return found;
  };
  for (const root of model.functions.keys()) {
    const stack: { key: string; rest: string[] }[] = [];
    const enter = (key: string): void => {
      if (open.has(key)) throw fail('recursion', { where: { file, graph: key } });
      if (done.has(key)) return;
      open.add(key);
      stack.push({ key, rest: calls(key) });
    };
    enter(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.rest.pop();
      if (next !== undefined) enter(next);
      else {
        open.delete(top.key);
        done.add(top.key);
        stack.pop();
      }
    }
  }
}

/** A training step sees the values of the model's graph. */
function trainingFrom(model: Model, message: TrainingInfoProto, main: Scope, context: LoadContext): TrainingInfo {
  const { initialization, algorithm } = message;
  return {
    ...extraFrom(message as { $unknowns?: Uint8Array[] }),
    ...(initialization && { initialization: graphFrom(model, initialization, main, context).graph }),
    ...(algorithm && { algorithm: graphFrom(model, algorithm, main, context).graph }),
    initializationBinding: bindingsFrom(message.initializationBinding),
    updateBinding: bindingsFrom(message.updateBinding),
  };
}

export function modelTo(model: Model & Keeps<KeptModel>, { payloads, external }: SavePlan): ModelProto {
  const plan: AttributePlan = { payloads, external, types: new Map(), graph: (graph) => graphTo(graph, plan) };
  const about = model[kept];
  const message: ModelProto = {};
  const { irVersion, producer, domain, modelVersion } = model;
  presentTo(message, modelPresent, { irVersion, producerName: producer.name, producerVersion: producer.version, domain, modelVersion }, about?.present);
  message.opsetImport = opsetsTo(model.opsets, about?.opsets);
  message.graph = graphTo(model.graph, plan);
  message.functions = [...model.functions.values()].map((fn) => functionTo(fn, plan));
  message.trainingInfo = model.training.map((info) => trainingTo(info, plan));
  extraTo(message, model);
  return message;
}

function trainingTo(info: TrainingInfo, plan: AttributePlan): TrainingInfoProto {
  const { initialization, algorithm, initializationBinding, updateBinding, unknown } = info;
  const bindings = (map: ReadonlyMap<string, string>): StringStringEntryProto[] => entriesTo(map);
  return {
    ...(initialization && { initialization: graphTo(initialization, plan) }),
    ...(algorithm && { algorithm: graphTo(algorithm, plan) }),
    initializationBinding: bindings(initializationBinding),
    updateBinding: bindings(updateBinding),
    ...(unknown.length && { $unknowns: [...unknown] }),
  };
}
