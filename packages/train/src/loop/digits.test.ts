import { readFileSync } from 'node:fs';
import { batch } from '@modeldiet/data';
import { digitsSplit } from '@modeldiet/data/digits';
import { linear, loadModel, relu, scale, sequential } from '@modeldiet/onnx-io';
import { accuracy, evaluate } from '@modeldiet/runtime';
import { describe, expect, it } from 'vitest';
import { adam } from '../optimizers/adam';
import { cosine } from '../optimizers/schedule';
import { backend } from '../testing/finite-differences';
import { train } from './train';

describe('digits', () => {
  it('64-1024-10 reaches 0.96 of the test digits, mean of five seeds', async () => {
    const { train: examples, validation: held, test } = digitsSplit();
    const scores: number[] = [];
    for (let seed = 0; seed < 5; seed++) {
      const model = sequential([scale(1 / 16), linear(64, 1024), relu(), linear(1024, 10)], { seed });
      const { model: trained, report } = await train(model, {
        dataset: examples,
        validation: held,
        backend,
        optimizer: adam({ lr: 3e-3, schedule: cosine() }),
        epochs: 20,
        seed,
      });
      expect(report.trained).toHaveLength(4);
      scores.push((await evaluate(trained, { dataset: batch(test, 60), metric: accuracy(), backend })).value);
    }
    expect(scores.reduce((a, b) => a + b) / 5).toBeGreaterThanOrEqual(0.96);
  });
  it("scikit-learn's export goes on learning", async () => {
    const model = await loadModel(readFileSync('fixtures/models/skl-mlp.onnx'));
    const { train: examples, validation: held } = digitsSplit();
    const { model: trained, report } = await train(model, { dataset: examples, validation: held, backend, epochs: 2 });
    expect(report.trained).toEqual(['coefficient', 'intercepts', 'coefficient1', 'intercepts1', 'coefficient2', 'intercepts2']);
    expect(report.loss[1]).toBeLessThan(report.loss[0]!);
    expect(report.warnings.map((warning) => warning.code)).toEqual(['train/softmax-input']);
    expect([...trained.graph.nodes].map(({ opType }) => opType)).toEqual([...model.graph.nodes].map(({ opType }) => opType));
  });
});
