// The reference interpreter as a backend: every op in double precision, slowly. The judge when two runtimes disagree.
import { isModelDietError, ModelDietError } from '@modeldiet/numfmt';
import {
  allGraphs,
  allNodes,
  functionKey,
  keyOf,
  loadModel,
  type Model,
  materializeModel,
  newestOpset,
  type OpKey,
  opKey,
  orderedNodes,
  type Skip,
} from '@modeldiet/onnx-io';
import { kernels as allKernels, type Datum, interpret, type Kernel } from '@modeldiet/ops/reference';
import { cast, type DeviceTensor, type Tensor } from '@modeldiet/tensor';
import type { Backend, ModelSource, RunOptions, Session, SessionOptions, Slot } from '../backend';
import { boundDim, checkDims, fedInputs, shapeOf } from '../bind-dims';
import { checkFeeds, checkLength } from '../check-feeds';
import { fail } from '../errors';
import { wantedOutputs } from '../fetches';
import { checkSource } from '../model-source';
import { checkThreads } from '../ort/options';
import { supportsOn } from '../supports';
import type { Target } from '../targets/target';
import { isNarrow, widened } from './widened';

export interface ReferenceBackendOptions {
  /** Kernels to use; default those of `@modeldiet/ops/reference`. */
  readonly kernels?: Readonly<Record<OpKey, Kernel>>;
  /**
   * Computes and keeps float16 and bfloat16 values as float32: what a narrow model would say without overflow and rounding; its outputs are float32.
   * `compareBackends` with it as the first backend finds where 65504 is passed. Default false.
   */
  readonly widen?: boolean;
}

const isTensor = (datum: Datum | undefined): datum is Tensor => typeof datum === 'object' && datum !== null && 'dims' in datum;

/** Results may share memory with feeds and weights; what is handed out does not. */
const copyOf = (tensor: Tensor): Tensor =>
  ({ ...tensor, dims: [...tensor.dims], data: tensor.type === 'string' ? [...tensor.data] : tensor.data.slice() }) as Tensor;

async function modelOf(source: ModelSource, options: SessionOptions): Promise<Model> {
  checkSource(source);
  if ('graph' in source) return source;
  if ('path' in source)
    throw fail('model-not-found', { where: { file: source.path } }, 'the reference backend reads models and bytes, not paths: load the file first');
  const { bytes, externalData } = source instanceof Uint8Array ? { bytes: source, externalData: {} } : source;
  try {
    return await loadModel(bytes, { externalData, signal: options.signal });
  } catch (cause) {
    if (isModelDietError(cause)) throw fail('not-a-model', { cause }, cause.message);
    throw cause;
  }
}

/** Throws `runtime/unknown-op` for the first node that nothing can compute. */
function checkOps(model: Model, kernels: Readonly<Record<OpKey, Kernel>>): void {
  for (const node of allNodes(model)) {
    const op = opKey(node);
    if (op === 'Constant' || Object.hasOwn(kernels, op) || model.functions.has(functionKey(node.domain, node.opType, node.overload))) continue;
    throw fail('unknown-op', { where: { node: keyOf(node), opType: op } }, 'the reference interpreter has no kernel for this op');
  }
}

function slots(model: Model, dims: Readonly<Record<string, number>>): { readonly inputs: Slot[]; readonly outputs: Slot[] } {
  const slot = ({ name, type, dims: shape }: Pick<Slot, 'name' | 'type' | 'dims'>): Slot => {
    const dtype = type?.kind === 'tensor' ? type.dtype : undefined;
    return { name, ...(type && { type }), ...(dtype && { dtype }), ...(shape && { dims: shape.map((dim, axis) => boundDim(name, axis, dim, dims)) }) };
  };
  const of = (value: Model['graph']['inputs'][number]): Slot => slot({ name: value.name, type: value.type, dims: shapeOf(value) });
  return { inputs: fedInputs(model).map(of), outputs: model.graph.outputs.map(of) };
}

const widenedSlot = (slot: Slot): Slot =>
  isNarrow(slot.dtype) && slot.type?.kind === 'tensor' ? { ...slot, dtype: 'float32', type: { ...slot.type, dtype: 'float32' } } : slot;

function makeSession(model: Model, kernels: Readonly<Record<OpKey, Kernel>>, settings: SessionOptions, widen: boolean): Session {
  const { inputs, outputs: declared } = slots(model, settings.dims ?? {});
  const outputs = widen ? declared.map(widenedSlot) : declared;
  const notFetched: Record<string, string> = {};
  for (const { name, type } of outputs) if (type && type.kind !== 'tensor') notFetched[name] = `a session gives tensors only, this is a ${type.kind}`;
  let released = false;

  const run = async (feeds: Readonly<Record<string, Tensor | DeviceTensor>>, { fetches, signal }: RunOptions = {}): Promise<Record<string, Tensor>> => {
    if (released) throw fail('released');
    signal?.throwIfAborted();
    checkFeeds(inputs, feeds);
    const list = wantedOutputs(
      fetches,
      outputs.map(({ name }) => name),
      notFetched,
    );
    const given: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) {
      given[name] = 'data' in tensor ? tensor : await tensor.load({ signal });
      checkLength(given[name]!, name);
    }
    // The interpreter is synchronous: the event loop gets its turn before it.
    await new Promise<void>((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    try {
      const results = interpret(model.graph, given, { kernels, fetches: list });
      return Object.fromEntries(
        list.map((name) => {
          const datum = results[name];
          if (!isTensor(datum)) throw fail('not-fetchable', { where: { value: name } }, 'a session gives tensors only');
          // An input or a weight that is an output goes through no kernel.
          return [name, widen && isNarrow(datum.type) ? cast(datum, 'float32') : copyOf(datum)] as const;
        }),
      );
    } catch (cause) {
      if (!isModelDietError(cause) || cause.code.startsWith('runtime/')) throw cause;
      // Its message names the place and the figures already.
      throw new ModelDietError('backend', 'runtime/run-failed', cause.message, { where: cause.where, expected: cause.expected, actual: cause.actual, cause });
    }
  };

  return {
    inputs,
    outputs,
    notFetched,
    run,
    release: async () => {
      released = true;
    },
  };
}

/**
 * Runs models on the reference kernels of `@modeldiet/ops/reference`: exact to the last place of the element types, any type, subgraphs and functions, no runtime needed.
 * Hundreds of times slower than a runtime. `threads`, `optimize` and `native` mean nothing to it, and it does not trace.
 */
export function referenceBackend(options: ReferenceBackendOptions = {}): Backend {
  const { widen = false } = options;
  const kernels = widen ? widened(options.kernels ?? allKernels) : (options.kernels ?? allKernels);
  const target: Target = {
    name: 'reference',
    maxOpset: newestOpset['']!,
    maxIr: Number.POSITIVE_INFINITY,
    saturatesU8S8: false,
    float16: 'emulated',
    nativeOps: new Set(['Constant', ...Object.keys(kernels)]),
    weightFormats: [],
    slower: [],
  };
  return {
    name: 'reference',
    runtime: widen ? 'modeldiet reference, 16-bit floats as float32' : 'modeldiet reference',
    target,
    supports: (model: Model): readonly Skip[] => supportsOn(target, model),
    async createSession(source, settings = {}) {
      settings.signal?.throwIfAborted();
      checkThreads(settings.threads);
      if (settings.trace) throw fail('trace-unavailable', { where: { option: 'trace' } }, 'the reference backend does not trace');
      const model = await modelOf(source, settings);
      // Throws where the graph has a cycle.
      for (const graph of allGraphs(model)) orderedNodes(graph);
      checkOps(model, kernels);
      checkDims(
        fedInputs(model).map((value) => ({ name: value.name, dims: shapeOf(value) })),
        settings.dims,
      );
      const held = await materializeModel(model, settings);
      settings.signal?.throwIfAborted();
      return makeSession(held, kernels, settings, widen);
    },
  };
}
