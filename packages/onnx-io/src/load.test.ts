// loadModel: options, limits, lenient files, the graph it links, hidden state that edits overtake.
import { readFileSync } from 'node:fs';
import { isLazy, type Tensor, tensor } from '@modeldiet/tensor';
import { describe, expect, it } from 'vitest';
import { cloneModel } from './ir/clone';
import { addNode, removeNode, renameValue, setInitializer, setOutputs, setType } from './ir/edit';
import type { Model, Value } from './ir/model';
import { findValue } from './ir/walk';
import { loadModel } from './load';
import { readModel } from './node/read-model';
import { saveModel } from './save';
import { decoded } from './testing/oracle';
import { codeOf, countingSource } from './testing/sources';
import { field, initializer, input, int, model, node, opset, output, raw, tensor as tensorField } from './testing/wire';
import { compareWeights, materializeModel } from './weights';
import { defaultLimits, type Limits } from './wire/limits';

const everything = 'fixtures/onnx-io/everything.onnx';
const value = (m: Model, name: string): Value => findValue(m.graph, name)!;
const identity = model(input('x'), node('Identity', ['x'], ['y']), output('y'));

describe('limits', () => {
  const subgraph = (depth: number): Uint8Array =>
    depth === 0
      ? field(6, initializer(tensorField('w', 1, [1000], raw(4000))), node('Identity', ['w'], ['y']), output('y'))
      : field(6, node('If', [], [`y${depth}`], field(5, field(1, 'b'), subgraph(depth - 1), int(20, 5))), output(`y${depth}`));
  const nested = model(node('If', [], ['z'], field(5, field(1, 'b'), subgraph(3), int(20, 5))), output('z'));
  const weights = model(...[1, 2, 3].map((i) => initializer(tensorField(`w${i}`, 1, [2, 2, 2], raw(32)))), node('Add', ['w1', 'w2'], ['y']), output('y'));
  const cases: readonly (readonly [keyof Limits, Uint8Array, number])[] = [
    ['structureBytes', weights, weights.length],
    ['fields', weights, 18],
    ['nodes', model(node('A', [], ['a']), node('B', ['a'], ['b']), output('b')), 2],
    ['depth', nested, 15],
    ['rank', weights, 3],
  ];
  it.each(cases)('%s', async (name, bytes, enough) => {
    for (const source of [bytes, countingSource(bytes, 16)]) {
      expect(await codeOf(loadModel(source, { limits: { [name]: enough } }))).toBe('no error');
      const over = loadModel(source, { limits: { [name]: enough - 1 } });
      expect(await codeOf(over)).toBe('onnx-io/over-limit');
      expect(await over.catch((e: unknown) => e)).toMatchObject({ code: 'onnx-io/over-limit', kind: 'limit', where: { option: `limits.${name}` } });
    }
  });
  it('externalFiles', async () => {
    const of = (externalFiles: number) =>
      codeOf(
        loadModel(new Uint8Array(readFileSync('fixtures/onnx-io/external.onnx')), {
          limits: { externalFiles },
          externalData: { 'external.onnx_data': new Uint8Array(4216) },
        }),
      );
    expect(await of(1)).toBe('no error');
    expect(await of(0)).toBe('onnx-io/over-limit');
  });
  it('are numbers', async () => {
    for (const wrong of [-1, Number.NaN, '5' as unknown as number])
      expect(await codeOf(loadModel(identity, { limits: { nodes: wrong } }))).toBe('onnx-io/limit-option');
    expect(Object.keys(defaultLimits).sort()).toEqual([...cases.map(([name]) => name), 'externalFiles'].sort());
  });
});

describe('lenient', () => {
  it('gives each producer of a name its own value, read by what follows it', async () => {
    const bytes = model(node('A', ['x'], ['t']), node('B', ['t'], ['u']), node('C', ['u'], ['t']), node('D', ['t'], ['y']), input('x'), output('y'));
    const m = await loadModel(bytes, { lenient: true });
    const [, b, c, d] = [...m.graph.nodes];
    expect(b!.inputs[0]!.producer!.opType).toBe('A');
    expect(d!.inputs[0]).toBe(c!.outputs[0]);
    expect(Buffer.compare((await saveModel(m)).bytes, bytes)).toBe(0);
  });
  it('keeps a name that nothing defines, an attribute that is there twice, a model without operator sets', async () => {
    const twice = field(5, field(1, 'a'), int(3, 1), int(20, 2));
    const bytes = model(node('A', ['nowhere', 'nowhere'], ['y'], twice, twice), output('y'), output('neither'));
    const m = await loadModel(bytes, { lenient: true });
    const [a] = [...m.graph.nodes];
    expect(a!.inputs[0]).toBe(a!.inputs[1]);
    expect(a!.inputs[0]).toMatchObject({ name: 'nowhere', producer: undefined });
    expect(Buffer.compare((await saveModel(m)).bytes, bytes)).toBe(0);
    expect((await loadModel(bytes.slice(0, -opset(21).length), { lenient: true })).opsets.size).toBe(0);
  });
});

describe('the graph', () => {
  it('links subgraphs to what they capture, whatever the order of the file', async () => {
    const m = await readModel(everything);
    const h = value(m, 'h');
    expect([...h.uses].map(({ node: n }) => n.opType)).toEqual(['Add', 'Add']);
    expect(m.training[0]!.algorithm!.nodes.values().next().value!.inputs[0]).toBe(value(m, 'w'));
    expect(m.training[0]!.updateBinding).toEqual(new Map([['w', 'w_new']]));
    expect(h.quantization!.get('SCALE_TENSOR')).toBe(value(m, 'bias'));
    expect(m.opsets.get('')).toBe(21);
    const late = await loadModel(model(node('B', ['t'], ['y']), node('A', [], ['t']), output('y')));
    expect(value(late, 't').producer!.opType).toBe('A');
  });
  it('a clone has its own, in training steps too', async () => {
    const m = await readModel(everything);
    const copy = cloneModel(m);
    expect(copy.training[0]!.algorithm!.nodes.values().next().value!.inputs[0]).toBe(value(copy, 'w'));
    expect([...value(copy, 'w').uses].length).toBe([...value(m, 'w').uses].length);
  });
  it('types: extents that are open have names of their own, odd types are kept', async () => {
    const m = await readModel(everything);
    const type = (name: string) => value(m, name).type;
    expect(type('x')).toEqual({ kind: 'tensor', dtype: 'float32', shape: ['batch', 40], denotation: 'IMAGE', dimDenotations: ['DATA_BATCH', undefined] });
    expect(type('in_seq')).toEqual({ kind: 'sequence', element: { kind: 'tensor', dtype: 'float32' } });
    expect(type('in_opt')).toEqual({ kind: 'optional', element: { kind: 'tensor', dtype: 'float32', shape: [1] } });
    expect(type('in_map')).toEqual({ kind: 'map', key: 'int64', element: { kind: 'tensor', dtype: 'float32', shape: [] } });
    expect(type('in_sparse')).toMatchObject({ kind: 'sparse', dtype: 'float32', shape: [3, expect.stringMatching(/^\?\d+$/)] });
    expect(type('in_opaque')).toEqual({ kind: 'opaque' });
    expect(type('in_untyped')).toBeUndefined();
    const odd = type('in_odd') as unknown as { shape: string[]; dtype?: string };
    expect(odd.dtype).toBeUndefined();
    expect(new Set(odd.shape).size).toBe(5);
  });
  it('attributes', async () => {
    const m = await readModel(everything);
    const custom = [...m.graph.nodes].find(({ opType }) => opType === 'Custom')!;
    const of = (name: string) => custom.attributes.get(name)!;
    expect(of('bigint').value).toBe(2n ** 63n - 1n);
    expect(of('minint').value).toBe(-(2n ** 63n));
    expect(of('int').value).toBe(-3);
    expect(of('ints').value).toEqual([1, -1, 2n ** 53n, 2n ** 60n]);
    expect(of('floats').value).toEqual([0, -0, Number.POSITIVE_INFINITY]);
    expect(of('string').value).toEqual(new Uint8Array([...new TextEncoder().encode('bytes '), 255]));
    expect(of('two values').kind).toBe('other');
    expect(of('future kind').kind).toBe('other');
    expect(of('no value')).toMatchObject({ kind: 'int', value: 0 });
    expect(of('sparse')).toMatchObject({ kind: 'tensor', value: { type: 'sparse' } });
    const fn = m.functions.get('local:twice')!;
    expect([...fn.nodes][2]!.attributes.get('factor')).toMatchObject({ kind: 'ref', value: { name: 'alpha', kind: 'float' } });
    expect([...fn.attributes]).toMatchObject([
      ['alpha', undefined],
      ['beta', { kind: 'int', value: 3 }],
    ]);
  });
});

describe('what the file said gives way to edits', () => {
  const saved = async (m: Model): Promise<{ graph: Record<string, { name: string; type?: unknown }[]> }> => decoded((await saveModel(m)).bytes) as never;
  const names = (list: { name: string }[] | undefined): string[] => (list ?? []).map(({ name }) => name);
  it('value_info follows renames, new types and removed values', async () => {
    const m = await readModel(everything);
    renameValue(value(m, 'h'), 'hidden');
    const added = addNode(m.graph, {
      opType: 'Relu',
      inputs: [value(m, 'hidden')],
      outputs: [{ name: 'gone', type: { kind: 'tensor', dtype: 'float32', shape: [7] } }],
    });
    const { graph } = await saved(m);
    // 'gone' was an entry about nothing; now it is a value, of another type.
    expect(names(graph.valueInfo)).toEqual(['h2', 'hidden', 'y', 'w', 'h2', 'gone']);
    expect(JSON.stringify(graph.valueInfo!.at(-1)!.type)).toContain('"dimValue":"7"');
    removeNode(added);
    expect(names((await saved(m)).graph.valueInfo)).toEqual(['h2', 'gone', 'hidden', 'y', 'w', 'h2']);
    setType(value(m, 'h2'), { kind: 'tensor', dtype: 'float32', shape: [1] });
    expect(names((await saved(m)).graph.valueInfo)).toEqual(['h2', 'gone', 'hidden', 'y', 'w']);
  });
  it('outputs, opsets and weights too', async () => {
    const m = await readModel(everything);
    setOutputs(m.graph, [value(m, 'x'), value(m, 'y')]);
    (m.opsets as Map<string, number>).set('', 22).set('new', 3).delete('local');
    setInitializer(value(m, 'w'), tensor('float16', new Uint16Array(4), [2, 2]));
    const message = (await saved(m)) as unknown as { opsetImport: unknown[]; graph: { output: { name: string }[]; initializer: { name: string }[] } };
    expect(names(message.graph.output)).toEqual(['x', 'y']);
    expect(message.opsetImport).toEqual([
      { domain: 'ai.onnx', version: '22' },
      { domain: 'com.example', version: '1' },
      { domain: 'new', version: '3' },
    ]);
    expect(message.graph.initializer[0]).toMatchObject({ dims: ['2', '2'], dataType: 10, name: 'w', rawData: new Uint8Array(8) });
  });
});

describe('weights', () => {
  it('materializeModel loads a copy and leaves the model as it is', async () => {
    const m = await readModel('fixtures/onnx-io/storages.onnx', { wholeBytes: 0 });
    const resident = await materializeModel(m);
    for (const v of resident.graph.initializers) expect(isLazy(v.initializer!)).toBe(false);
    expect(isLazy(value(m, 'float32.large.raw').initializer!)).toBe(true);
    expect(Buffer.compare((await saveModel(resident)).bytes, readFileSync('fixtures/onnx-io/storages.onnx'))).toBe(0);
    const all = await materializeModel(await readModel(everything));
    expect(Buffer.compare((await saveModel(all)).bytes, readFileSync(everything))).toBe(0);
    await expect(materializeModel(m, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  });
  it('compareWeights compares what both have', async () => {
    const a = await readModel(everything);
    const b = cloneModel(a);
    const bias = value(a, 'bias').initializer as Tensor<'float32'>;
    setInitializer(
      value(b, 'bias'),
      tensor(
        'float32',
        bias.data.map((x) => x + 0.5),
        [4],
      ),
    );
    const compared = await compareWeights(a, b);
    expect(compared.map(({ name }) => name)).toEqual(['w', 'bias', 'k', 'else_c', 'then_c']);
    expect(compared[0]).toEqual({ name: 'w', sqnrDb: Number.POSITIVE_INFINITY, cosine: 1, maxAbsDiff: 0 });
    expect(compared[1]).toMatchObject({ maxAbsDiff: 0.5, sqnrDb: 10 * Math.log10(14) });
  });
});

it('opening reads the structure only, of a file and of its parts', async () => {
  const bytes = new Uint8Array(readFileSync('fixtures/onnx-io/storages.onnx'));
  const source = countingSource(bytes, 256);
  const m = await loadModel(source);
  expect(source.bytesRead).toBeLessThan(bytes.length / 10);
  const before = source.bytesRead;
  await (value(m, 'float32.large.raw').initializer as { load(): Promise<Tensor> }).load();
  expect(source.bytesRead - before).toBe(48_004);
});

it('stops when asked to', async () => {
  await expect(loadModel(identity, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  await expect(saveModel(await readModel('fixtures/onnx-io/plain.onnx'), { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
});
