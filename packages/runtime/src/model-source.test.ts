import { saveModel } from '@modeldiet/onnx-io';
import { expect, test } from 'vitest';
import { identity } from './conformance/models';
import { referenceBackend } from './reference/reference-backend';
import { withSession } from './session';
import { codeOf, testBackend } from './testing/ort';

const backends = { ort: testBackend, reference: referenceBackend() };

test.each(Object.entries(backends))('%s: what is no model is told so, with what one would be', async (_, backend) => {
  for (const wrong of [null, undefined, 'model.onnx', 7, {}, [], new ArrayBuffer(8), { path: 7 }, { graph: null }, { bytes: new Uint8Array(1) }])
    expect(await codeOf(() => backend.createSession(wrong as never))).toBe('runtime/not-a-source');
  await expect(backend.createSession('model.onnx' as never)).rejects.toThrow(/\{ path \}/);
  const { bytes } = await saveModel(identity('float32'));
  for (const right of [identity('float32'), bytes, { bytes, externalData: {} }]) await withSession(backend, right, {}, async () => {});
});

test.each(Object.entries(backends))('%s: an empty list of fetches is no list of all', async (_, backend) => {
  await withSession(backend, identity('float32'), {}, async (session) => {
    const feeds = { x: { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } } as const;
    expect(await codeOf(() => session.run(feeds, { fetches: [] }))).toBe('runtime/bad-option');
    expect(Object.keys(await session.run(feeds))).toEqual(['y']);
  });
});
