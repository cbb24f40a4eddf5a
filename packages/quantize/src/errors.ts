// Every error this package throws: code -> kind and one sentence. docs/errors.md is generated from it.
import { type ErrorTable, failer } from '@modeldiet/numfmt';

export const errors = {
  'not-finite': { kind: 'data', says: 'the weight holds NaN or infinity, so no scale fits it' },
  'not-calibrated': { kind: 'argument', says: 'the calibration table has no range for this value' },
  'no-calibration': { kind: 'argument', says: 'static quantization takes a calibration table, or a dataset and a backend to make one' },
  'calibration-not-finite': { kind: 'data', says: 'the value holds NaN or infinity on the calibration data, so no range fits it' },
  'no-fake-quantize': { kind: 'argument', says: 'no weight of the model goes through fake quantization, so there is nothing to convert' },
  'target-lacks': { kind: 'unsupported', says: 'the target has no such weight format' },
  'bad-option': { kind: 'argument', says: 'the option has no such value' },
} as const satisfies ErrorTable;

export const fail = failer('quantize', errors);
