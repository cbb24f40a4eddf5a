// A Session over an ONNX Runtime session.
import type { Model } from '@modeldiet/onnx-io';
import type { DeviceTensor, Tensor, Warning } from '@modeldiet/tensor';
import type { RunOptions, Session, SessionOptions, Slot } from '../backend';
import { checkFeeds } from '../check-feeds';
import { fail } from '../errors';
import { wantedOutputs } from '../fetches';
import { watchLeak } from './leaks';
import { flavorOf, type OrtFetches, type OrtModule, type OrtSession, type OrtTensor } from './module';
import { silent } from './options';
import { ortError } from './ort-error';
import { freshDims, slotsOf } from './slots';
import { inTurn } from './start';
import { cannotCross, fetchOrt, heldOnDevice, isOnDevice, toOrt } from './tensor';
import { parseTrace } from './trace-events';
import type { OrtTrace } from './tracer';

export interface SessionParts {
  readonly ort: OrtModule;
  readonly session: OrtSession;
  readonly name: string;
  readonly model?: Model;
  readonly options: SessionOptions;
  readonly trace?: OrtTrace;
  /** Frees what the source took: a temporary folder. */
  readonly discard?: () => Promise<void>;
}

/** The reason this output cannot be fetched; undefined when it can. */
const unfetchable = (ort: OrtModule, slot: Slot): string | undefined =>
  slot.dtype === undefined
    ? `ONNX Runtime's JavaScript API reads tensors only, this is a ${slot.type?.kind ?? 'non-tensor'}`
    : cannotCross(ort, slot.dtype, 'output');

/** Data that ORT takes as it is: it refuses shared memory, which {@link toOrt} copies. */
const isOwn = (tensor: Tensor | undefined): boolean =>
  tensor !== undefined && tensor.type !== 'string' && !(typeof SharedArrayBuffer !== 'undefined' && tensor.data.buffer instanceof SharedArrayBuffer);
const toOrtOrNull = (ort: OrtModule, tensor: Tensor | undefined, value: string): OrtTensor | null => (tensor ? toOrt(ort, tensor, value) : null);

export function makeSession({ ort, session, name, model, options, trace, discard }: SessionParts): Session {
  const fresh = freshDims();
  const { dims = {} } = options;
  const inputs = slotsOf(session.inputMetadata, model?.graph.inputs ?? [], dims, fresh);
  const outputs = slotsOf(session.outputMetadata, model?.graph.outputs ?? [], dims, fresh);
  const reasons = new Map<string, string>();
  for (const slot of outputs) {
    const reason = unfetchable(ort, slot);
    if (!reason) continue;
    reasons.set(slot.name, reason);
    const warning: Warning = { code: 'runtime/not-fetched', message: `output '${slot.name}' is not fetched: ${reason}`, where: { value: slot.name } };
    options.onWarning?.(warning);
  }
  const notFetched = Object.fromEntries(reasons);
  const names = [...new Set(outputs.map((slot) => slot.name))];
  let running = 0;
  let idle: (() => void) | undefined;
  let released: Promise<void> | undefined;

  const given = async (feeds: Readonly<Record<string, Tensor | DeviceTensor>>): Promise<Record<string, OrtTensor>> => {
    const out: Record<string, OrtTensor> = {};
    for (const { name: input } of inputs) {
      const tensor = feeds[input]!;
      out[input] = heldOnDevice(tensor) ?? toOrt(ort, 'data' in tensor ? tensor : await tensor.load(), input);
    }
    return out;
  };

  /** onnxruntime-node writes into a tensor it is given (and hands out a copy besides); the WebAssembly builds would copy, so there `into` goes unused. */
  const target = (value: string, { into }: RunOptions): Tensor | undefined =>
    into && flavorOf(ort) === 'node' && isOwn(into[value]) ? into[value] : undefined;
  const targets = (fetches: readonly string[], options: RunOptions): OrtFetches =>
    fetches.some((value) => target(value, options))
      ? Object.fromEntries(fetches.map((value) => [value, toOrtOrNull(ort, target(value, options), value)]))
      : fetches;

  const run = async (feeds: Readonly<Record<string, Tensor | DeviceTensor>>, more: RunOptions = {}): Promise<Record<string, Tensor>> => {
    if (released) throw fail('released');
    more.signal?.throwIfAborted();
    checkFeeds(inputs, feeds);
    const fetches = wantedOutputs(more.fetches, names, notFetched);
    running++;
    try {
      const results = await inTurn(ort, async () => {
        more.signal?.throwIfAborted();
        const inputTensors = await given(feeds);
        return session.run(inputTensors, targets(fetches, more), { logSeverityLevel: silent }).catch((e: unknown) => {
          throw ortError(e, 'run');
        });
      });
      const out: Record<string, Tensor | DeviceTensor> = {};
      try {
        for (const value of fetches) out[value] = target(value, more) ?? (await fetchOrt(results[value]!, value, more.keepOnDevice?.includes(value) ?? false));
        more.signal?.throwIfAborted();
      } catch (e) {
        // What nobody will get is freed where it is.
        for (const value of fetches) if (results[value] && isOnDevice(results[value])) results[value].dispose();
        throw e;
      }
      // A DeviceTensor is in there only when `keepOnDevice` asked for it, as the overloads say.
      return out as Record<string, Tensor>;
    } finally {
      running--;
      if (running === 0) idle?.();
    }
  };

  const close = async (): Promise<void> => {
    unwatch();
    if (running > 0) await new Promise<void>((resolve) => (idle = resolve));
    await inTurn(ort, () => session.release());
    await trace?.discard();
    await discard?.();
  };

  const made: Session = {
    inputs,
    outputs,
    notFetched,
    run,
    release: () => (released ??= close()),
    ...(trace && {
      trace: async () => {
        if (released) throw fail('released');
        traced ??= inTurn(ort, () => trace.end(session)).then(parseTrace);
        return traced;
      },
    }),
  };
  let traced: Promise<ReturnType<typeof parseTrace>> | undefined;
  const unwatch = watchLeak(made, { session, name, onWarning: options.onWarning });
  return made;
}
