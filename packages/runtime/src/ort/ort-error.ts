// ONNX Runtime's messages as our errors: code, node, op and what was met, parsed out of the text (1.30.0; node and WebAssembly word them alike but for a prefix).
import { isModelDietError, type ModelDietError, type Where } from '@modeldiet/numfmt';
import { type errors, fail } from '../errors';

interface Row {
  readonly test: RegExp;
  readonly code: keyof typeof errors;
  /** From the match to place and figures. */
  readonly details?: (groups: Readonly<Record<string, string | undefined>>) => { where?: Where; expected?: unknown; actual?: unknown };
}

const anywhere: readonly Row[] = [
  {
    test: /Failed to allocate memory for requested buffer of size (?<size>\d+)/,
    code: 'out-of-memory',
    details: ({ size }) => ({ actual: `${size} bytes asked for` }),
  },
  {
    test: /bad_alloc|[Oo]ut of memory|failed to allocate a buffer|Array buffer allocation failed|memory access out of bounds|Tensor shape is too large|SafeIntOnOverflow/,
    code: 'out-of-memory',
  },
];

const loading: readonly Row[] = [
  {
    test: /(?<op>[\w.]+:\w+)\((?<since>-?\d+)\) is not a registered function\/op/,
    code: 'unknown-op',
    details: ({ op }) => ({ where: { opType: opName(op!) } }),
  },
  {
    test: /Could not find an implementation for (?<op>[\w.:]+)\((?<since>\d+)\) node with name '(?<node>[^']*)'/,
    code: 'no-kernel',
    details: ({ op, since, node }) => ({ where: { opType: op, ...(node && { node }) }, actual: `${op} of opset ${since}` }),
  },
  {
    test: /Provider type for (?<op>[\w.:]+) node with name '(?<node>[^']*)' is not set/,
    code: 'no-kernel',
    details: ({ op, node }) => ({ where: { opType: op, ...(node && { node }) } }),
  },
  {
    test: /Unsupported model IR version: (?<got>\d+), max supported IR version: (?<max>\d+)/,
    code: 'model-too-new',
    details: ({ got, max }) => ({ expected: `IR version up to ${max}`, actual: Number(got) }),
  },
  {
    test: /Opset (?<got>\d+) is under development.*Current official support for domain (?<domain>\S*) is till opset (?<max>\d+)/s,
    code: 'model-too-new',
    details: ({ got, domain, max }) => ({ expected: `opset up to ${max} of ${domain}`, actual: Number(got) }),
  },
  { test: /[Uu]nsupported data type: (?<type>\d+)/, code: 'unsupported-dtype', details: ({ type }) => ({ actual: `TensorProto.DataType ${type}` }) },
  { test: /MLDataType for: tensor\((?<type>\w+)\) is not currently registered/, code: 'unsupported-dtype', details: ({ type }) => ({ actual: type }) },
  { test: /Protobuf parsing failed|No graph was found in the protobuf|ModelProto does not have a graph|No Op\.? ?set|Missing opset/i, code: 'not-a-model' },
  { test: /File doesn't exist|No such file|open file .* fail|failed to load external data file|cannot get file size/i, code: 'model-not-found' },
  {
    test: /no available backend found|removing requested execution provider|Failed to load shared library|OrtSessionOptionsAppendExecutionProvider|unsupported execution provider|backend not found/i,
    code: 'provider-missing',
  },
  {
    test: /Node \((?<node>[^)]*)\) Op \((?<op>[^)]*)\) (?<rest>.*)/s,
    code: 'load-failed',
    details: ({ node, op }) => ({ where: { opType: op, ...(node && { node }) } }),
  },
];

const running: readonly Row[] = [
  { test: /unsupported type: (?<type>\w+)/, code: 'unsupported-dtype', details: ({ type }) => ({ actual: type }) },
  {
    // A failure inside a body is told by every node around it: the last is the one that failed.
    test: /.*running (?<op>\S+) node\. Name:'(?<node>[^']*)'/s,
    code: 'run-failed',
    details: ({ op, node }) => ({ where: { opType: op, ...(node && { node }) } }),
  },
];

const opName = (text: string): string => text.replace(/^ai\.onnx:/, '');

/** What a person needs of the text: no prefix, no C++ source place, no failed condition where words follow it. */
const clean = (text: string): string =>
  text
    .replace(/^.*?ERROR_MESSAGE: /s, '')
    .replace(/^Load model from .*? failed:/s, '')
    .replace(/^.*Status Message: /s, '')
    .replace(/^Exception during initialization: /, '')
    .replace(/^\S+\.(?:cc|h|hpp):\d+ (?:[^()]*::[^()]*\([^()]*\) )?(?:.* was false\. (?=\S))?/s, '')
    .replace(/^\[ONNXRuntimeError\] : \d+ : \w+ : /, '')
    .replace(/\s+/g, ' ')
    .trim();

const textOf = (e: unknown): string => (e instanceof Error ? e.message : String(e));

/** The typed error for something ORT threw while `doing`; an error of ours passes through. */
export function ortError(e: unknown, doing: 'load' | 'run', where: Where = {}): ModelDietError {
  if (isModelDietError(e)) return e;
  const text = textOf(e);
  for (const row of [...anywhere, ...(doing === 'load' ? loading : running)]) {
    const match = row.test.exec(text);
    if (!match) continue;
    const found = row.details?.(match.groups ?? {}) ?? {};
    return fail(row.code, { expected: found.expected, actual: found.actual, where: { ...where, ...found.where }, cause: e }, clean(text));
  }
  return fail(doing === 'load' ? 'load-failed' : 'run-failed', { where, cause: e }, clean(text) || undefined);
}
