// What the page of the demo shows beside the results: receipts before and after int8, and what int8 makes of a weight.
import { batch } from '@modeldiet/data';
import { chooseQParams, int8, quantizeLinear } from '@modeldiet/numfmt';
import { profileModel } from '@modeldiet/profiler';
import { materialize, toFloat32 } from '@modeldiet/tensor';

const rows = 64;

/** Where the time of each model goes, on the same rows. `variants` are `{ name, model }`. */
export async function receiptsOf(variants, { backend, dataset }) {
  const receipts = [];
  for (const { name, model } of variants) receipts.push({ name, batch: rows, receipt: await profileModel(model, { backend, feeds: batch(dataset, rows) }) });
  return receipts;
}

/** The largest float weight of a model with the int8 codes it becomes, one scale for all of it. */
export async function weightPictures(model) {
  const floats = [...model.graph.initializers].filter(({ initializer }) => initializer.type === 'float32');
  const size = ({ initializer }) => initializer.dims.reduce((a, b) => a * b, 1);
  const value = floats.reduce((a, b) => (size(b) > size(a) ? b : a));
  const values = toFloat32(await materialize(value.initializer));
  const qparams = chooseQParams(values, { format: int8 });
  return [{ name: value.name, format: 'int8', values, codes: quantizeLinear(values, qparams), scale: qparams.scale[0] }];
}
