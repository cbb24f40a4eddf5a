// modeldiet quantize: fewer bits for the weights.
import type { Model, Report } from '@modeldiet/onnx-io';
import {
  type BlockForm,
  calibrators,
  convertFloat,
  type DynamicOptions,
  type FloatOptions,
  quantizeDynamic,
  quantizeStatic,
  quantizeWeights,
  type WeightBits,
  type WeightsOptions,
} from '@modeldiet/quantize';
import { fail } from '../errors';
import { type RemakeOptions, remake, selectionOf, type Workshop, withRemake } from '../run/remake';
import type { Verb } from '../verb';
import { integer, oneOf } from '../words/options';
import { dataHelp, type TargetName, targets } from '../words/shared';

const modeNames = ['dynamic', 'static', 'weights', 'float16', 'bfloat16'] as const;
type ModeName = (typeof modeNames)[number];
const calibratorNames = Object.keys(calibrators) as (keyof typeof calibrators)[];
const bitWords = ['8', '4', '2'] as const;

interface Options extends RemakeOptions {
  readonly mode?: ModeName;
  readonly granularity?: DynamicOptions['granularity'];
  readonly conv?: DynamicOptions['conv'];
  readonly compute?: FloatOptions['compute'];
  readonly target?: TargetName;
  readonly calibration?: string;
  readonly calibrator?: keyof typeof calibrators;
  readonly bits?: WeightBits;
  readonly block?: number;
  readonly scheme?: WeightsOptions['scheme'];
  readonly form?: BlockForm;
}

interface Mode {
  /** Options of this mode alone. */
  readonly takes: readonly (keyof Options)[];
  /** What is off about options that the mode does take. */
  readonly check?: (options: Options) => void;
  readonly run: (model: Model, options: Options, workshop: Workshop) => Promise<{ readonly model: Model; readonly report: Report }>;
}

const targetOf = ({ target }: Options) => target && { target: targets[target]() };
const granularityOf = ({ granularity }: Options) => granularity && { granularity };

const floats =
  (format: 'float16' | 'bfloat16'): Mode['run'] =>
  (model, options, { work }) =>
    convertFloat(model, { format, ...(options.compute && { compute: options.compute }), ...selectionOf(options), ...work });

/** 8 bits have a scale a channel; blocks are those of 4 and 2. */
function checkWeights({ bits = 8, ...options }: Options): void {
  const foreign = bits === 8 ? (['block', 'scheme', 'form'] as const) : (['granularity'] as const);
  for (const option of foreign)
    if (options[option] !== undefined) throw fail('usage', { where: { option: `--${option}` } }, `--mode weights --bits ${bits} does not take this option`);
}

/** A mode is a row. */
const modes = {
  dynamic: {
    takes: ['granularity', 'conv', 'target'],
    run: (model, options, { work }) =>
      quantizeDynamic(model, {
        ...granularityOf(options),
        ...(options.conv && { conv: options.conv }),
        ...targetOf(options),
        ...selectionOf(options),
        ...work,
      }),
  },
  static: {
    takes: ['granularity', 'target', 'calibration', 'calibrator'],
    check: ({ calibration }) => {
      if (calibration === undefined)
        throw fail('usage', { where: { option: '--calibration' }, expected: dataHelp }, 'static quantization needs data to see the ranges of activations');
    },
    run: async (model, options, { work, backend, data }) =>
      quantizeStatic(model, {
        dataset: (await data(options.calibration!)).items,
        backend: await backend(),
        ...(options.calibrator && { calibrator: calibrators[options.calibrator]() }),
        ...granularityOf(options),
        ...targetOf(options),
        ...selectionOf(options),
        ...work,
      }),
  },
  weights: {
    takes: ['granularity', 'target', 'bits', 'block', 'scheme', 'form'],
    check: checkWeights,
    run: (model, options, { work }) =>
      quantizeWeights(model, {
        ...(options.bits && { bits: options.bits }),
        ...(options.block && { blockSize: options.block }),
        ...(options.scheme && { scheme: options.scheme }),
        ...(options.form && { form: options.form }),
        ...granularityOf(options),
        ...targetOf(options),
        ...selectionOf(options),
        ...work,
      }),
  },
  float16: { takes: ['compute'], run: floats('float16') },
  bfloat16: { takes: [], run: floats('bfloat16') },
} as const satisfies Record<ModeName, Mode>;

/** An option that the mode would not read is a slip, not a no-op. */
function modeOf(options: Options): Mode {
  if (!options.mode) throw fail('usage', { where: { option: '--mode' }, expected: modeNames.join(', ') }, 'the way to quantize is missing');
  const mode: Mode = modes[options.mode];
  const special = new Set(Object.values<Mode>(modes).flatMap((row) => row.takes));
  for (const option of special)
    if (options[option] !== undefined && !mode.takes.includes(option))
      throw fail('usage', { where: { option: `--${option}` } }, `--mode ${options.mode} does not take this option`);
  mode.check?.(options);
  return mode;
}

export const quantize: Verb = {
  name: 'quantize',
  summary: 'fewer bits for the weights; tells what changed, how close it stayed, and whether it got faster',
  examples: [
    { call: 'quantize model.onnx small.onnx --mode dynamic', says: '8-bit weights, one scale a channel' },
    { call: 'quantize model.onnx small.onnx --mode dynamic --dims x=1x3x48x320', says: 'with the input it is tried on' },
    { call: 'quantize model.onnx small.onnx --mode dynamic --exclude /head/MatMul --data feeds.mjs', says: 'all but one layer, tried on your own data' },
    { call: 'quantize model.onnx small.onnx --mode static --calibration feeds.mjs', says: '8-bit activations too, by ranges seen on your data' },
    { call: 'quantize model.onnx small.onnx --mode weights --bits 4 --block 32', says: '4-bit weights in blocks, the arithmetic as it was' },
    { call: 'quantize model.onnx half.onnx --mode float16', says: 'half the bytes, the same arithmetic' },
  ],
  define: (command) =>
    void withRemake(command.option('--mode <mode>', modeNames.join(', '), oneOf('--mode', modeNames)))
      .option(
        '--granularity <g>',
        'dynamic, static, weights in 8 bits: perAxis (one scale a channel, the default) or perTensor',
        oneOf('--granularity', ['perAxis', 'perTensor']),
      )
      .option(
        '--conv <form>',
        'dynamic: storage (small file, float arithmetic, the default), integer (ConvInteger) or dequantize',
        oneOf('--conv', ['integer', 'storage', 'dequantize']),
      )
      .option(
        '--target <name>',
        'dynamic, static, weights: where it will run: cpu (default), wasm, webgpu',
        oneOf('--target', Object.keys(targets) as TargetName[]),
      )
      .option('--calibration <d>', `static: a few hundred real inputs: ${dataHelp}`)
      .option('--calibrator <name>', 'static: minMax (the whole range, the default) or percentile (99.99 % of it)', oneOf('--calibrator', calibratorNames))
      .option('--bits <n>', 'weights: 8 (the default), 4 or 2', (text) => Number(oneOf('--bits', bitWords)(text)))
      .option('--block <n>', 'weights in 4 or 2 bits: numbers that share a scale (default 32)', integer('--block', { min: 1, max: 65536 }))
      .option('--scheme <s>', 'weights in 4 or 2 bits: symmetric (the default) or asymmetric', oneOf('--scheme', ['symmetric', 'asymmetric']))
      .option(
        '--form <f>',
        'weights in 4 or 2 bits: matMulNBits, or dequantize (blocks any ONNX 21 runtime reads)',
        oneOf('--form', ['matMulNBits', 'dequantize']),
      )
      .option('--compute <type>', 'float16: float32 (weights only, the default) or float16 (the whole graph)', oneOf('--compute', ['float32', 'float16'])),
  run: (context, command) => {
    const options = command.opts<Options>();
    const mode = modeOf(options);
    return remake(context, command.args, options, (model, workshop) => mode.run(model, options, workshop));
  },
};
