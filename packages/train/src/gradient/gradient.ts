// Gradients as a graph: a model that computes, in one ordinary run, a loss and its derivative by each parameter, from standard ONNX nodes.
import { cloneModel, edit, type Graph, type Model, requireModel, type Value, type ValueType, visibleValues } from '@modeldiet/onnx-io';
import { inferShapes } from '@modeldiet/ops';
import type { Constant, DType, Tensor, Warning } from '@modeldiet/tensor';
import { type Emit, emitter, isFloat, type Types } from '../emit';
import { fail } from '../errors';
import type { Loss, LossGraph } from '../losses/loss';
import { type GradientRules, gradientRules } from '../rules';
import { backward } from './backward';
import { cutTo } from './cut';
import { constantOf, type Frozen, selectParameters, type Wrt } from './parameters';
import { findPrediction } from './prediction';

export interface GradientOptions {
  /** A loss to put on the prediction, or the name of a value of the model that is one float number. */
  readonly loss: Loss | string;
  /** What to differentiate by; default 'all': every float weight that reaches the loss, but for single numbers that are no layer's and constants of pre-processing. Names may also be inputs and inner values. */
  readonly wrt?: Wrt;
  /** Weights to leave as they are: names, or patterns. */
  readonly freeze?: readonly (string | RegExp)[];
  /** The value that holds the logits; default: the only float output of rank 2, behind a Softmax its input. */
  readonly logits?: string;
  /** Default {@link gradientRules}; add rows for your own ops. */
  readonly rules?: GradientRules;
}

/** One value the loss is differentiated by. */
export interface Parameter {
  /** Its name in the model. */
  readonly name: string;
  /** 'weight': a graph input of the training graph, to be fed; 'loss': likewise, a weight the loss brought along; 'value': an input or inner value of the model. */
  readonly kind: 'weight' | 'loss' | 'value';
  readonly dtype: DType;
  /** Of weights. */
  readonly dims?: readonly number[];
  /** What a weight of the loss starts from. */
  readonly initial?: Tensor<'float32'>;
  /** The output that holds dL/dv. */
  readonly gradient: string;
}

export interface GradientGraph {
  /** The training graph: inputs are what the loss needs of the model's inputs, the loss's columns, and the parameters; outputs are the loss, the prediction (where there is one) and the gradients. */
  readonly model: Model;
  /** The output that holds the loss. */
  readonly loss: string;
  /** The output that holds the prediction the loss was put on. */
  readonly prediction?: string;
  /** Graph inputs that the loss added: dataset column -> input name (they differ when the name was taken). */
  readonly columns: Readonly<Record<string, string>>;
  readonly parameters: readonly Parameter[];
  /** The weights that are not parameters, and why. */
  readonly frozen: readonly Frozen[];
  readonly warnings: readonly Warning[];
}

/** Gradient rules and the nodes they emit are those of opset 13 and up. */
const lowestOpset = 13;

/** Turns a weight into a graph input of the same name. */
function promote(graph: Graph, value: Value, constant: Constant): void {
  if (graph.inputs.includes(value)) {
    edit.setInitializer(value, undefined);
    return;
  }
  const { name, producer } = value;
  edit.renameValue(value, edit.freshName(graph.model, `${name}/constant`));
  edit.replaceUses(value, edit.addInput(graph, name, edit.typeOfConstant(constant)));
  if (producer) edit.removeNode(producer);
  else edit.removeValue(value);
}

interface Built {
  readonly loss: Value;
  readonly prediction?: Value;
  readonly columns: Record<string, string>;
  readonly parameters: Map<Value, Tensor<'float32'>>;
  readonly warnings: readonly Warning[];
}

function byName(graph: Graph, name: string, option: string): Value {
  const value = visibleValues(graph).get(name);
  if (!value) throw fail('unknown-value', { where: { option, value: name } });
  return value;
}

/** Puts the loss on the prediction; everything behind the prediction that the loss does not read is dropped later. */
function build(graph: Graph, { loss, logits }: GradientOptions, types: Types): Built {
  if (typeof loss === 'string') return { loss: byName(graph, loss, 'loss'), columns: {}, parameters: new Map(), warnings: [] };
  const { value: prediction, warnings } = findPrediction(graph, logits, loss.onLogits, types);
  const columns: Record<string, string> = {};
  const parameters = new Map<Value, Tensor<'float32'>>();
  const lossGraph: LossGraph = {
    e: emitter(graph, types, 'loss'),
    prediction,
    value: (name) => byName(graph, name, 'loss'),
    column(name, dtype, shape) {
      columns[name] ??= edit.freshName(graph.model, name);
      const made = graph.inputs.find((input) => input.name === columns[name]);
      return made ?? edit.addInput(graph, columns[name], { kind: 'tensor', dtype, ...(shape && { shape }) });
    },
    parameter(name, initial) {
      const value = edit.addInput(graph, edit.freshName(graph.model, name), { kind: 'tensor', dtype: 'float32', shape: initial.dims });
      parameters.set(value, initial);
      return value;
    },
  };
  return { loss: loss.build(lossGraph), prediction, columns, parameters, warnings };
}

function checkLoss(e: Emit, loss: Value): void {
  const [dtype, dims] = [e.dtype(loss), e.dims(loss)];
  const one = dims === undefined || dims.every((extent) => extent === 1);
  if ((dtype !== undefined && !isFloat(dtype)) || !one)
    throw fail('loss-type', { where: { value: loss.name }, expected: 'one float number', actual: `${dtype}[${dims?.join() ?? '?'}]` });
}

/** `made` under the name of a gradient: itself, where nothing else needs its name, else a copy. */
function asOutput(graph: Graph, made: Value, name: string, type: ValueType, taken: readonly Value[]): Value {
  const wanted = edit.freshName(graph.model, `gradient/${name}`);
  if (!made.producer || constantOf(made) || taken.includes(made))
    return edit.addNode(graph, { opType: 'Identity', inputs: [made], outputs: [{ name: wanted, type }] }).outputs[0]!;
  edit.renameValue(made, wanted);
  edit.setType(made, type);
  return made;
}

/**
 * The training graph of `model`: `{ loss, gradients }` in one run on any backend. `model` is not changed; its weights become graph inputs, in the order of the file.
 * A loss is the mean over the batch, so gradients are too. The model has to be at opset 13 or newer (`raiseOpset` of `@modeldiet/ops`), 16 for gathered weights. Throws `train/no-gradient`, naming the node, where a gradient would pass through an op without a rule.
 * @example
 * const { model: graph, loss, parameters } = gradient(model, { loss: crossEntropy() });
 */
export function gradient(model: Model, options: GradientOptions): GradientGraph {
  requireModel(model);
  const { rules = gradientRules, wrt = 'all', freeze = [] } = options;
  const opset = model.opsets.get('') ?? model.opsets.get('ai.onnx') ?? lowestOpset;
  if (opset < lowestOpset) throw fail('old-opset', { expected: lowestOpset, actual: opset });
  const draft = cloneModel(model);
  const { graph } = draft;
  const before = inferShapes(draft);
  const selected = selectParameters(graph, wrt, freeze, before);
  const built = build(graph, options, before);
  const shapes = inferShapes(draft);
  const e = emitter(graph, shapes, 'gradient');
  checkLoss(e, built.loss);
  const outputs = built.prediction && built.prediction !== built.loss ? [built.loss, built.prediction] : [built.loss];
  cutTo(graph, outputs, new Set([...selected.wrt, ...built.parameters.keys()]));
  const alive = new Set([...visibleValues(graph).values()]);
  const asked = new Set([...selected.wrt].filter((value) => alive.has(value)));
  const found = backward(e, built.loss, new Set([...asked, ...built.parameters.keys()]), rules);
  const lost = [...selected.wrt].filter((value) => !found.has(value));
  if (selected.named && lost[0]) throw fail('no-path', { where: { option: 'wrt', value: lost[0].name } });
  if (!found.size) throw fail('no-parameters', { actual: lost.length + selected.frozen.length ? 'weights that are not trained' : 'no float weight' });

  const parameters: Parameter[] = [];
  const gradients: Value[] = [];
  for (const [value, made] of found) {
    const constant = constantOf(value);
    const initial = built.parameters.get(value);
    const kind = initial ? 'loss' : constant ? 'weight' : 'value';
    const dtype = constant?.type ?? e.dtype(value) ?? 'float32';
    if (!isFloat(dtype)) throw fail('not-float', { where: { value: value.name }, actual: dtype });
    const dims = constant?.dims ?? initial?.dims;
    const { name } = value;
    if (constant && kind === 'weight') promote(graph, value, constant);
    const output = asOutput(graph, made, name, { kind: 'tensor', dtype, ...(dims && { shape: dims }) }, [...outputs, ...gradients]);
    gradients.push(output);
    parameters.push({ name, kind, dtype, ...(dims && { dims }), ...(initial && { initial }), gradient: output.name });
  }
  cutTo(graph, [...outputs, ...gradients]);
  return {
    model: draft,
    loss: built.loss.name,
    ...(built.prediction && { prediction: built.prediction.name }),
    columns: built.columns,
    parameters,
    frozen: [...selected.frozen, ...lost.map(({ name }) => ({ name, reason: 'no gradient' as const }))],
    warnings: built.warnings,
  };
}
