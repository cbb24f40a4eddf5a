// graphBuilder: a model written down op by op, each call checked against the schemas of its opset.
import { fail } from '../errors';
import { setDoc, setProducer } from '../ir/edit';
import { makeModel } from '../ir/make';
import { builderOf } from './builder';
import type { GraphBuilder, GraphBuilderOptions } from './builder-types';

/**
 * Starts a model: opset 21, IR 10.
 *
 * ```ts
 * const g = graphBuilder();
 * const x = g.input('x', 'float32', ['batch', 64]);
 * const w = g.constant('w', { type: 'float32', dims: [64, 10], data: new Float32Array(640) });
 * g.output(g.op('MatMul', [x, w]), 'logits', { dims: ['batch', 10] });
 * const model = g.model();
 * ```
 */
export function graphBuilder(options: GraphBuilderOptions = {}): GraphBuilder {
  const { name = 'main', opset = 21, opsets = {}, irVersion = 10, producer, doc } = options;
  if (!Number.isInteger(opset) || opset < 1) throw fail('unknown-op', { where: { option: 'opset' }, expected: '1 or more', actual: opset }, 'no such opset');
  const model = makeModel({ irVersion, opsets: new Map([['', opset], ...Object.entries(opsets)]), graph: { name } });
  if (producer !== undefined) setProducer(model, producer, '');
  if (doc !== undefined) setDoc(model, doc);
  return builderOf(model.graph);
}
