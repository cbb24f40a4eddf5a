// modeldiet quantize: fewer bits for the weights.
import type { Model, Report } from '@modeldiet/onnx-io';
import { convertFloat, type DynamicOptions, type FloatOptions, quantizeDynamic } from '@modeldiet/quantize';
import { cpu, type Target, wasm, webgpu } from '@modeldiet/runtime';
import type { LongWork } from '@modeldiet/tensor';
import { fail } from '../errors';
import { type RemakeOptions, remake, selectionOf, withRemake } from '../run/remake';
import type { Verb } from '../verb';
import { oneOf } from '../words/options';

const modeNames = ['dynamic', 'float16', 'bfloat16'] as const;
type ModeName = (typeof modeNames)[number];

const targets = { cpu, wasm, webgpu } as const satisfies Record<string, () => Target>;
type TargetName = keyof typeof targets;

interface Options extends RemakeOptions {
  readonly mode?: ModeName;
  readonly granularity?: DynamicOptions['granularity'];
  readonly conv?: DynamicOptions['conv'];
  readonly compute?: FloatOptions['compute'];
  readonly target?: TargetName;
}

interface Mode {
  /** Options of this mode alone. */
  readonly takes: readonly (keyof Options)[];
  readonly run: (model: Model, options: Options, work: LongWork) => Promise<{ readonly model: Model; readonly report: Report }>;
}

const floats =
  (format: 'float16' | 'bfloat16'): Mode['run'] =>
  (model, options, work) =>
    convertFloat(model, { format, ...(options.compute && { compute: options.compute }), ...selectionOf(options), ...work });

/** A mode is a row. */
const modes = {
  dynamic: {
    takes: ['granularity', 'conv', 'target'],
    run: (model, { granularity, conv, target, ...options }, work) =>
      quantizeDynamic(model, {
        ...(granularity && { granularity }),
        ...(conv && { conv }),
        ...(target && { target: targets[target]() }),
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
  return mode;
}

export const quantize: Verb = {
  name: 'quantize',
  summary: 'fewer bits for the weights; tells what changed, how close it stayed, and whether it got faster',
  examples: [
    { call: 'quantize model.onnx small.onnx --mode dynamic', says: '8-bit weights, one scale a channel' },
    { call: 'quantize model.onnx small.onnx --mode dynamic --dims x=1x3x48x320', says: 'with the input it is tried on' },
    { call: 'quantize model.onnx small.onnx --mode dynamic --exclude /head/MatMul --data feeds.mjs', says: 'all but one layer, tried on your own data' },
    { call: 'quantize model.onnx half.onnx --mode float16', says: 'half the bytes, the same arithmetic' },
  ],
  define: (command) =>
    void withRemake(command.option('--mode <mode>', modeNames.join(', '), oneOf('--mode', modeNames)))
      .option('--granularity <g>', 'dynamic: perAxis (one scale a channel, the default) or perTensor', oneOf('--granularity', ['perAxis', 'perTensor']))
      .option(
        '--conv <form>',
        'dynamic: storage (small file, float arithmetic, the default), integer (ConvInteger) or dequantize',
        oneOf('--conv', ['integer', 'storage', 'dequantize']),
      )
      .option('--target <name>', 'dynamic: where it will run: cpu (default), wasm, webgpu', oneOf('--target', Object.keys(targets) as TargetName[]))
      .option('--compute <type>', 'float16: float32 (weights only, the default) or float16 (the whole graph)', oneOf('--compute', ['float32', 'float16'])),
  run: (context, command) => {
    const options = command.opts<Options>();
    const mode = modeOf(options);
    return remake(context, command.args, options, (model, work) => mode.run(model, options, work));
  },
};
