// What the real runtime throws, as our errors: code, place, figures, and words without the runtime's own noise.
import { isModelDietError, type ModelDietError } from '@modeldiet/numfmt';
import { cloneModel, edit, graphBuilder, type Model, saveModel } from '@modeldiet/onnx-io';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../backend';
import { anyWidth, identity, linear, unknownOp } from '../conformance/models';
import { withSession } from '../session';
import { testBackend } from '../testing/ort';
import { ortBackend } from './backend';
import type { OrtModule } from './module';
import { ortError } from './ort-error';

const caught = async (job: Promise<unknown>): Promise<ModelDietError> => {
  const e: unknown = await job.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isModelDietError(e)) throw new Error(`expected a typed error, got ${String(e)}`);
  return e;
};

/** MatMul of bfloat16, which the CPU has no kernel for. */
function bfloat16Product(): Model {
  const g = graphBuilder();
  const x = g.op('Cast', [g.input('x', 'float32', [2, 2])], { to: 16 });
  g.output(g.op('Cast', [g.op('MatMul', [x, x], {}, { name: 'narrow/product' })], { to: 1 }), 'y', { dtype: 'float32', dims: [2, 2] });
  return g.model();
}
/** [3,5] times [4,4]. */
function misfit(): Model {
  const g = graphBuilder();
  const w = g.constant('w', { type: 'float32', dims: [4, 4], data: new Float32Array(16) });
  g.output(g.op('MatMul', [g.input('x', 'float32', [3, 5]), w], {}, { name: 'bad' }), 'y', { dtype: 'float32' });
  return g.model();
}
const changed = (change: (model: Model) => void): Model => {
  const model = cloneModel(linear());
  change(model);
  return model;
};
/** A tensor of as many zeros as the input says. */
function zeros(): Model {
  const g = graphBuilder();
  g.output(g.op('ConstantOfShape', [g.input('n', 'int64', [1])]), 'y', { dtype: 'float32', dims: ['n'] });
  return g.model();
}

const modules: Readonly<Record<string, OrtModule>> = { node, web };
for (const [name, ort] of Object.entries(modules))
  describe(`onnxruntime-${name}`, () => {
    const backend: Backend = ortBackend(ort);

    test('a kernel that is not there', async () => {
      const e = await caught(backend.createSession(bfloat16Product()));
      expect(e).toMatchObject({ kind: 'unsupported', code: 'runtime/no-kernel', where: { opType: 'MatMul', node: 'narrow/product' } });
    });

    test('an op, a type, an output that is not there', async () => {
      expect(await caught(backend.createSession(unknownOp()))).toMatchObject({
        kind: 'unsupported',
        code: 'runtime/unknown-op',
        where: { opType: 'com.acme:Frobnicate' },
      });
      const { bytes } = await saveModel(identity('bfloat16'));
      for (const source of [identity('bfloat16'), bytes])
        expect(await caught(backend.createSession(source))).toMatchObject({ code: 'runtime/unsupported-dtype', where: { value: 'x' }, actual: 'bfloat16' });
      await withSession(backend, linear(), {}, async (session) => {
        expect(await caught(session.run({ x: { type: 'float32', dims: [1, 4], data: new Float32Array(4) } }, { fetches: ['z'] }))).toMatchObject({
          kind: 'argument',
          code: 'runtime/unknown-fetch',
          where: { value: 'z' },
          expected: ['y'],
        });
      });
    });

    test('a run that fails names the node, in words without source places', async () => {
      await withSession(backend, anyWidth(), {}, async (session) => {
        const e = await caught(session.run({ x: { type: 'float32', dims: [1, 5], data: new Float32Array(5) } }));
        expect(e).toMatchObject({ kind: 'backend', code: 'runtime/run-failed', where: { opType: 'MatMul', node: 'layer/product' } });
        expect(e.message).not.toMatch(/\.(cc|h):|Status Message|ERROR_CODE/);
      });
    });

    test('a graph that does not fit together', async () => {
      const e = await caught(backend.createSession(misfit()));
      expect(e).toMatchObject({ kind: 'model', code: 'runtime/load-failed' });
      expect(e.message).toContain('Incompatible dimensions');
      expect(e.message).not.toMatch(/Load model from|ERROR_CODE|\.cc:/);
    });

    test('a newer opset, a newer IR', async () => {
      expect(await caught(backend.createSession(changed((model) => edit.setOpset(model, '', 99))))).toMatchObject({
        code: 'runtime/model-too-new',
        actual: 99,
      });
      expect(await caught(backend.createSession(changed((model) => edit.setIrVersion(model, 99))))).toMatchObject({
        code: 'runtime/model-too-new',
        actual: 99,
      });
    });

    test('a provider that is not there', async () => {
      expect(await caught(ortBackend(ort, { executionProviders: ['abacus'] }).createSession(linear()))).toMatchObject({
        kind: 'backend',
        code: 'runtime/provider-missing',
      });
    });

    test('too much memory, and the session goes on', async () => {
      await withSession(backend, zeros(), {}, async (session) => {
        const n = (count: bigint) => ({ n: { type: 'int64', dims: [1], data: BigInt64Array.of(count) } }) as const;
        expect(await caught(session.run(n(2n ** 44n)))).toMatchObject({ kind: 'limit', code: 'runtime/out-of-memory' });
        expect((await session.run(n(3n))).y?.dims).toEqual([3]);
      });
    });
  });

test('a file that is not there', async () => {
  const e = await caught(ortBackend(node).createSession({ path: '/no/such/model.onnx' }));
  expect(e).toMatchObject({ kind: 'io', code: 'runtime/model-not-found', where: { file: '/no/such/model.onnx' } });
});

test('a runtime without metadata is too old', async () => {
  const old: OrtModule = {
    ...node,
    InferenceSession: {
      create: async (...args: readonly unknown[]) => {
        const session = await node.InferenceSession.create(args[0] as Uint8Array);
        const bare = { run: session.run.bind(session), release: () => session.release(), endProfiling: () => undefined };
        return bare as never;
      },
    },
  };
  expect(await caught(ortBackend(old).createSession(linear()))).toMatchObject({ code: 'runtime/old-runtime' });
});

test('a provider whose library is not there is a missing provider', () => {
  const words = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library';
  expect(ortError(new Error(words), 'load').code).toBe('runtime/provider-missing');
});

test('a model without values: words, and no C++', async () => {
  await expect(testBackend.createSession(graphBuilder().model())).rejects.toMatchObject({
    code: 'runtime/load-failed',
    message: 'OrtValue indexes should have been populated.',
  });
});
