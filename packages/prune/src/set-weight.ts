// A new weight in the place of an old one, whether an initializer or a Constant node holds it.
import { attr, edit, type Value } from '@modeldiet/onnx-io';
import { type LongWork, mapWeight, type Tensor, type Weight } from '@modeldiet/tensor';

/** `value` holds `change(weight)`; a lazy weight stays lazy. */
export function setWeight(value: Value, weight: Weight, dims: readonly number[], change: (t: Tensor) => Tensor, work: LongWork): void {
  const { changed } = mapWeight(weight, { changed: { type: weight.type, dims } }, (t) => ({ changed: change(t) }), work);
  if (value.initializer) {
    edit.setInitializer(value, changed);
    return;
  }
  const node = value.producer!;
  for (const name of [...node.attributes.keys()]) edit.setAttribute(node, name, undefined);
  edit.setAttribute(node, 'value', attr.tensor(changed));
  const type = value.type;
  if (type?.kind === 'tensor') edit.setType(value, { ...type, shape: dims });
}
