// Every lesson of the lecture runs for real, in its quick sizes, and its numbers say what the lesson says in words.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { lesson as floatingPoint } from '../../examples/lessons/1-floating-point.mjs';
import { lesson as memory } from '../../examples/lessons/2-parameters-and-memory.mjs';
import { lesson as profiling } from '../../examples/lessons/3-profiling.mjs';
import { lesson as batching } from '../../examples/lessons/4-batching.mjs';
import { lesson as dynamicQuantization } from '../../examples/lessons/5-dynamic-quantization.mjs';
import { lesson as onnx } from '../../examples/lessons/6-onnx.mjs';
import { lesson as pruning } from '../../examples/lessons/7-pruning.mjs';
import { lesson as distillation } from '../../examples/lessons/8-distillation.mjs';
import { lessons, main } from '../../examples/lessons/run.mjs';
import { stage } from '../../examples/lessons/shared/stage.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const out = mkdtempSync(join(tmpdir(), 'modeldiet-lessons-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** A stage whose words are kept. */
function quietly(id: string) {
  const said: string[] = [];
  return { on: stage(id, { out, quick: true, print: (text: string) => said.push(text) }), said: () => said.join('\n') };
}
const svg = (id: string, name: string) => readFileSync(join(out, id, `${name}.svg`), 'utf8');
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe('the lessons', () => {
  it('1: 6.5 in bits, int8 and back, small steps that only float32 takes', async () => {
    const { on, said } = quietly('1');
    const numbers = await floatingPoint(on);
    expect(numbers.bits).toBe('0 10000001 10100000000000000000000');
    expect(numbers.leading.map(({ significand, exponent }) => [significand, exponent])).toEqual([
      ['1.101', 2],
      ['1.1', -1],
      ['1.0101', 5],
      ['1.101', 1],
    ]);
    expect(numbers.bias.map(({ exponent, stored }) => stored - exponent)).toEqual([127, 127, 127, 127, 127, 127]);
    expect(numbers.sums).toEqual({ float64: false, float32: true });
    expect(numbers.codes).toEqual([-127, -66, -8, 19, 74, 124]);
    expect(numbers.maxError).toBeLessThanOrEqual(numbers.scale / 2);
    expect(numbers.walks.map(({ format, moved }) => [format, moved])).toEqual([
      ['float32', 10_000],
      ['float16', 0],
      ['int8', 0],
    ]);
    expect(numbers.walks[0]!.end).toBeCloseTo(0.241, 3);
    for (const word of ['-0.81', '0.79', '-127', '124']) expect(svg('1', 'number-line')).toContain(`>${word}<`);
    expect(svg('1', 'small-steps')).toContain('>float16<');
    expect(said()).toContain('What to see');
  });

  it('2: 9,610 parameters, and what fits in 16 GB', async () => {
    const { on, said } = quietly('2');
    const { parameters, byNode, files, large } = await memory(on);
    expect([parameters, ...byNode]).toEqual([9610, 8320, 1290]);
    expect(large.map(({ counted }) => counted)).toEqual([109_482_240, 6_738_415_616, 174_604_259_328]);
    expect(large[1]!.bytes).toEqual({ float32: 28e9, float16: 14e9, int8: 7e9, int4: 3.5e9 });
    expect(large.map(({ fits }) => fits)).toEqual([['float32', 'float16', 'int8', 'int4'], ['float16', 'int8', 'int4'], []]);
    for (const { weights, bytes } of files) expect(bytes).toBeGreaterThan(weights);
    for (let i = 1; i < files.length; i++) expect(files[i]!.bytes).toBeLessThan(files[i - 1]!.bytes);
    expect(said()).toContain('28.0 GB  14.0 GB  7.00 GB  3.50 GB');
    expect(svg('2', 'memory')).toContain('>LLaMA-7B<');
  });

  it('3: a call that does everything anew, by stage, function and line; a copy of a copy', async () => {
    const { on, said } = quietly('3');
    const { single, receipt, functions, lines, ratio, same, memory: kept } = await profiling(on);
    expect(single).toHaveLength(5);
    expect(receipt.map(({ stage: name }) => name)).toEqual(['reading', 'creating', 'predicting']);
    expect(sum(receipt.map(({ share }) => share))).toBeCloseTo(1);
    expect(receipt[0]!.share + receipt[1]!.share).toBeGreaterThan(0.5);
    expect(functions).toEqual(expect.arrayContaining(['readData', 'parseLine']));
    expect(lines.length).toBeGreaterThan(0);
    expect(same).toBe(true);
    expect(ratio.ci95[0]).toBeGreaterThan(3);
    expect(kept.copies).toBeGreaterThanOrEqual(3 * 8 * kept.numbers);
    expect(kept.once).toBeGreaterThanOrEqual(4 * kept.numbers);
    expect(kept.copies / kept.once).toBeCloseTo(6, 0);
    expect(kept.lost).toBe(0);
    expect(said()).toContain("'(program)' and what has no place are native code");
    for (const name of ['receipt', 'memory']) expect(svg('3', name)).toContain('<svg ');
  });

  it('4: batches cost less for each item, and answer the same', async () => {
    const { on } = quietly('4');
    const { rows, fit, knee, answers } = await batching(on);
    expect(rows.map(({ batch }) => batch)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    expect(rows.at(-1)!.throughput).toBeGreaterThan(2 * rows[0]!.throughput);
    expect(fit.setupMs).toBeGreaterThan(0);
    expect(fit.perItemMs).toBeGreaterThan(0);
    expect(rows.map(({ batch }) => batch)).toContain(knee);
    expect(answers.sameWinner).toBe(answers.n);
    expect(answers.maxAbsDiff).toBeLessThan(1e-3);
    for (const name of ['latency', 'throughput']) expect(svg('4', name)).toContain('>knee<');
  });

  it('5: five steps and their shares, a paired test, speed by width', async () => {
    const { on, said } = quietly('5');
    const { calls, sqnrDb, accuracy, speeds, winsFrom } = await dynamicQuantization(on);
    for (const { steps } of calls) {
      expect(steps).toHaveLength(5);
      expect(sum(steps.map(({ share }) => share))).toBeCloseTo(1, 5);
    }
    const product = (call: (typeof calls)[number]) => call.steps[3]!.share;
    expect(product(calls[1]!)).toBeGreaterThan(product(calls[0]!));
    expect(sqnrDb).toBeGreaterThan(30);
    for (const row of accuracy.rows) expect(row.int8 - row.float32).toBeCloseTo((row.onlyInt8 - row.onlyFloat32) / row.n, 9);
    expect(accuracy.test.midP).toBeGreaterThan(0.05);
    expect(speeds.map(({ width }) => width)).toEqual([64, 256, 1024]);
    expect(speeds[2]!.ratio.ratio).toBeGreaterThan(speeds[0]!.ratio.ratio);
    expect(speeds[2]!.smaller).toBeGreaterThan(3.9);
    if (winsFrom !== null) for (const { width, ratio } of speeds) if (width >= winsFrom) expect(ratio.verdict).toBe('faster');
    expect(said()).toMatch(/McNemar's test on the 720 answers/);
    for (const name of ['steps', 'speed']) expect(svg('5', name)).toContain('<svg ');
  });

  it('6: two origins, the optimisation off and on, 3.8 MB to 1 MB', async () => {
    const { on } = quietly('6');
    const { origins, optimised, sizes, accuracy } = await onnx(on);
    expect(origins.map(({ parameters }) => parameters)).toEqual([50_826, 9610]);
    for (const { accuracy: right } of origins) expect(right).toBeGreaterThan(0.9);
    for (const { off, on: with_ } of optimised) expect(with_).toBeLessThan(off);
    expect(optimised[1]!.made).toContain('FusedGemm');
    expect(sizes.before).toBeGreaterThan(3.8e6);
    expect(sizes.after).toBeLessThanOrEqual(1e6);
    expect(accuracy.lost).toBeLessThan(0.005);
    expect(accuracy.after).toBeGreaterThan(0.9);
    expect(svg('6', 'sizes')).toContain('>dynamic int8<');
  });

  it('7: zeros save only the download, neurons save everything, and there is a cliff', async () => {
    const { on, said } = quietly('7');
    const { table, ratios, curves } = await pruning(on);
    const [baseline, forty, sixty, eighty, neurons] = table;
    for (const row of [forty!, sixty!, eighty!]) {
      expect(row.bytes).toBe(baseline!.bytes);
      expect(row.parameters).toBe(baseline!.parameters);
    }
    expect(table.slice(0, 4).map(({ gzip }) => gzip)).toEqual(
      table
        .slice(0, 4)
        .map(({ gzip }) => gzip)
        .sort((a, b) => b - a),
    );
    expect(neurons!.bytes).toBeLessThan(0.75 * baseline!.bytes);
    expect(neurons!.parameters).toBe(75 * 717 + 10);
    expect(ratios.structured.ratio).toBeGreaterThan(ratios.sparse.ratio * 0.9);
    for (const { points, crossedAt, cliff } of Object.values(curves)) {
      expect(points.map(({ amount }) => amount)).toEqual([0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 0.95]);
      const full = points[0]!.accuracy;
      expect(full - points[2]!.accuracy).toBeLessThan(0.02);
      expect(full - points.at(-1)!.accuracy).toBeGreaterThan(0.1);
      expect(crossedAt).not.toBeNull();
      for (const { amount, accuracy } of points) if (amount >= crossedAt!) expect(full - accuracy).toBeGreaterThan(0.01);
      expect(cliff.to).toBeGreaterThan(0.6);
    }
    expect(said()).toContain('you still multiply by zero');
    expect(svg('7', 'cliff')).toContain('>neurons (structured)<');
  });

  it('8: what the teacher thinks, and what a student makes of it', async () => {
    const { on, said } = quietly('8');
    const { teacherAccuracy, digit, thoughts, results, sizes } = await distillation(on);
    expect(teacherAccuracy).toBeGreaterThan(0.93);
    expect(thoughts[0]!.likeliest[0]!.digit).toBe(digit.label);
    expect(thoughts[1]!.likeliest[0]!.share).toBeLessThan(thoughts[0]!.likeliest[0]!.share);
    expect(results.map(({ student, count }) => `${student} ${count}`)).toEqual(['64-256-10 50', '64-256-10 200', '64-32-10 50', '64-32-10 200']);
    for (const { hard, soft, gain, verdict } of results) {
      expect(hard.value).toBeGreaterThan(0.6);
      expect(gain.value).toBeCloseTo(soft.value - hard.value, 9);
      expect(verdict).toBe(gain.low > 0 ? 'soft labels win' : gain.high < 0 ? 'hard labels win' : 'cannot be told apart');
    }
    // On few examples the gain is many points, whatever the machine adds up in which order.
    for (const { count, gain } of results) if (count === 50) expect(gain.value).toBeGreaterThan(0.02);
    expect(sizes.map(({ parameters }) => parameters)).toEqual([19_210, 2410]);
    expect(said()).toMatch(/Soft labels win|Hard labels are better|Not decided/);
    for (const student of ['64-256-10', '64-32-10']) expect(svg('8', student)).toContain('>soft labels<');
  });
});

describe('npm run lesson', () => {
  it('is a program, and so is each lesson', () => {
    const node = (...argv: string[]) => spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
    for (const argv of [['examples/lessons/run.mjs', '2'], ['examples/lessons/2-parameters-and-memory.mjs']]) {
      const { status, stdout, stderr } = node(...argv);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('9,610');
      expect(stdout).toMatch(/drawn: .*lessons.2.memory\.svg/);
    }
    const wrong = node('examples/lessons/run.mjs', '9');
    expect([wrong.status, wrong.stdout]).toEqual([2, '']);
  });

  it('knows eight, and lists them for no number or an odd one', async () => {
    expect(lessons.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      expect(await main([])).toBe(0);
      expect(log.mock.lastCall?.[0]).toMatch(/npm run lesson 1 {3}floating point[\s\S]*npm run lesson 8 {3}distillation/);
      for (const words of [['9'], ['1', '2'], ['one'], ['__proto__']]) expect(await main(words)).toBe(2);
      expect(error.mock.lastCall?.[0]).toContain('npm run lesson 5');
    } finally {
      log.mockRestore();
      error.mockRestore();
    }
  });
});
