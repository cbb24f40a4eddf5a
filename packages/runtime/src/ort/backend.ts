// The ONNX Runtime adapter. The module is injected, never imported: onnxruntime-node, onnxruntime-web, or anything shaped like them.
import { isModelDietError } from '@modeldiet/numfmt';
import type { Model, Skip } from '@modeldiet/onnx-io';
import type { Backend, ModelSource, Session, SessionOptions } from '../backend';
import { checkDims } from '../bind-dims';
import { fail } from '../errors';
import { checkSource } from '../model-source';
import { supportsOn } from '../supports';
import { cpu } from '../targets/cpu';
import type { Target } from '../targets/target';
import { wasm } from '../targets/wasm';
import { webgpu } from '../targets/webgpu';
import { consoleTrace } from './console-trace';
import { type ExecutionProvider, flavorOf, type OrtModule, type OrtSession, versionOf } from './module';
import { checkThreads, ortOptions } from './options';
import { ortError } from './ort-error';
import { makeSession } from './session';
import { freshDims, slotsOf } from './slots';
import { checkCrossing, type OrtSource, type Spill, sourceFor, structureOf } from './source';
import { inTurn, startWasm } from './start';
import type { OrtTrace, OrtTracer } from './tracer';

export interface OrtBackendOptions {
  /** In order of preference; default `['cpu']` for onnxruntime-node, `['wasm']` for onnxruntime-web. */
  readonly executionProviders?: readonly ExecutionProvider[];
  /** Default threads of its sessions; default 1. */
  readonly threads?: number;
  /** Default: the first execution provider. */
  readonly name?: string;
  /** Default: the facts of the first execution provider, as `cpu()`, `wasm()` or `webgpu()` say them. */
  readonly target?: Target;
  /** How `trace: true` reads the runtime's trace; default console lines for onnxruntime-web; in Node, `fileTrace()` of `@modeldiet/runtime/node`. */
  readonly trace?: OrtTracer;
  /** Where a model above 2 GiB is written; `tempModel` of `@modeldiet/runtime/node`. */
  readonly spill?: Spill;
}

/** ORT reports [] for a scalar and for an unknown rank alike: only the model tells which. */
const isAmbiguous = (session: OrtSession): boolean =>
  [...session.inputMetadata, ...session.outputMetadata].some(({ isTensor, shape }) => !isTensor || shape?.length === 0);

const targets: Readonly<Record<string, () => Target>> = { cpu, wasm, webgpu };
const nameOf = (provider: ExecutionProvider): string => (typeof provider === 'string' ? provider : provider.name);

/**
 * A backend over an ONNX Runtime module. Default one thread, everything silent; what the runtime throws comes as `runtime/...` errors with the node named.
 * @example
 * import * as ort from 'onnxruntime-node';
 * const session = await ortBackend(ort).createSession(model);
 */
export function ortBackend(ort: OrtModule, options: OrtBackendOptions = {}): Backend {
  const flavor = flavorOf(ort);
  const providers = options.executionProviders ?? (flavor === 'node' ? ['cpu'] : ['wasm']);
  const first = nameOf(providers[0] ?? 'cpu');
  const tracer = options.trace ?? (flavor === 'web' ? consoleTrace() : undefined);
  const target = options.target ?? (flavor === 'web' && first === 'cpu' ? wasm : (targets[first] ?? cpu))();
  const name = options.name ?? first;
  checkThreads(options.threads);

  const open = async (source: OrtSource, settings: SessionOptions, more: object): Promise<OrtSession> => {
    const given = ortOptions(ort, providers, settings, { ...source.options, ...more });
    const create = (): Promise<OrtSession> => {
      startWasm(ort, settings);
      return typeof source.model === 'string' ? ort.InferenceSession.create(source.model, given) : ort.InferenceSession.create(source.model, given);
    };
    try {
      return await inTurn(ort, () => (tracer?.around ? tracer.around(ort, create) : create()));
    } catch (e) {
      throw ortError(e, 'load', typeof source.model === 'string' ? { file: source.model } : {});
    }
  };

  const createSession = async (source: ModelSource, given: SessionOptions = {}): Promise<Session> => {
    const settings: SessionOptions = { ...given, threads: given.threads ?? options.threads };
    checkSource(source);
    checkThreads(settings.threads);
    settings.signal?.throwIfAborted();
    if (settings.trace && !tracer)
      throw fail('trace-unavailable', { where: { option: 'trace' } }, 'pass ortBackend a tracer: fileTrace() of @modeldiet/runtime/node');
    const model = 'graph' in source ? source : undefined;
    const ready = await sourceFor(ort, source, settings, options.spill);
    let trace: OrtTrace | undefined;
    let session: OrtSession | undefined;
    try {
      trace = settings.trace ? await tracer!.begin(ort) : undefined;
      session = await open(ready, settings, trace?.options ?? {});
      if (!session.inputMetadata) throw fail('old-runtime', { expected: '1.21 or newer', actual: versionOf(ort) });
      if (!model) checkDims(slotsOf(session.inputMetadata, [], {}, freshDims()), settings.dims);
      settings.signal?.throwIfAborted();
      const declared = model ?? (isAmbiguous(session) ? await structureOf(source) : undefined);
      return makeSession({ ort, session, name, model: declared, options: settings, trace, discard: ready.discard });
    } catch (e) {
      await session?.release();
      await trace?.discard();
      await ready.discard?.();
      // ORT names the type alone; the model says which input or output has it.
      const structure = isModelDietError(e) && e.code === 'runtime/unsupported-dtype' ? await structureOf(source) : undefined;
      if (structure) checkCrossing(ort, structure);
      throw e;
    }
  };

  return {
    name,
    runtime: `onnxruntime-${flavor} ${versionOf(ort)}`,
    target,
    supports: (model: Model): readonly Skip[] => supportsOn(target, model),
    createSession,
  };
}
